import { expect, it } from 'vitest'
import { GLYPH_PATHS } from '../widgets/glyph-paths'
import { lookOf, SEVERITIES, severityLetter, VERDICTS, type MarkWord } from './verdict'

const WORDS: readonly MarkWord[] = [...VERDICTS, 'damage', 'missing']

it('every verdict has a shape and a word of its own', () => {
  expect(new Set(WORDS.map((word) => lookOf(word).shape)).size).toBe(WORDS.length)
  expect(new Set(WORDS.map((word) => lookOf(word).short)).size).toBe(WORDS.length)
  expect(new Set(WORDS.map((word) => lookOf(word).aria)).size).toBe(WORDS.length)
})

it('every shape is drawn, and no two alike', () => {
  const drawn = WORDS.map((word) => JSON.stringify(GLYPH_PATHS[lookOf(word).shape]))
  expect(new Set(drawn).size).toBe(WORDS.length)
})

it('no word promises more than was checked', () => {
  const said = WORDS.map((word) => `${lookOf(word).short} ${lookOf(word).aria}`)
    .join(' ')
    .toLowerCase()
  for (const forbidden of ['tampered', 'secure', 'safe', 'guaranteed', '100 %']) {
    expect(said).not.toContain(forbidden)
  }
})

it('severities are told apart by their letter', () => {
  expect(SEVERITIES.map(severityLetter)).toEqual(['C', 'E', 'W', 'I', 'D'])
})
