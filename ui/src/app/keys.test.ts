import { expect, it } from 'vitest'
import { commandOf, isText } from './keys'

const press = (key: string, changes = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...changes,
})

it('keys of the map do what it says', () => {
  expect(commandOf(press('/'), false)).toBe('query')
  expect(commandOf(press('?', { shiftKey: true }), false)).toBe('keys')
  expect(commandOf(press('g', { ctrlKey: true }), false)).toBe('goto')
  expect(commandOf(press('F8'), false)).toBe('next-problem')
  expect(commandOf(press('F8', { shiftKey: true }), false)).toBe('previous-problem')
  expect(commandOf(press('F6', { shiftKey: true }), true)).toBe('previous-pane')
  expect(commandOf(press('ArrowLeft', { altKey: true }), false)).toBe('back')
  expect(commandOf(press('o', { ctrlKey: true }), false)).toBe('open')
  expect(commandOf(press('O', { ctrlKey: true, shiftKey: true }), true)).toBe('open-folder')
  expect(commandOf(press('.', { metaKey: true }), false)).toBe('cancel')
  expect(commandOf(press('3', { ctrlKey: true }), true)).toBe('report')
})

it('single letters are text while somebody writes', () => {
  expect(commandOf(press('/'), true)).toBeUndefined()
  expect(commandOf(press('?'), true)).toBeUndefined()
  expect(commandOf(press('f', { ctrlKey: true }), true)).toBe('query')
})

it('a text field is known as one', () => {
  expect(isText(document.createElement('textarea'))).toBe(true)
  expect(isText(document.createElement('button'))).toBe(false)
  expect(isText(null)).toBe(false)
})
