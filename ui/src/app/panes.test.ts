import { expect, it } from 'vitest'
import { nextPane } from './panes'

it('panes follow each other in a circle, and the first one when none has the focus', () => {
  const panes = [0, 1, 2].map(() => document.createElement('div'))
  const inside = document.createElement('button')
  panes[2]?.append(inside)
  expect(nextPane(panes, inside, 1)).toBe(panes[0])
  expect(nextPane(panes, inside, -1)).toBe(panes[1])
  expect(nextPane(panes, null, 1)).toBe(panes[0])
  expect(nextPane([], null, 1)).toBeUndefined()
})
