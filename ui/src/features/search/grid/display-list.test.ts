import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DisplayList } from './display-list'

const gap = (beforeOrdinal: number) => ({
  beforeOrdinal,
  missing: 3,
  archive: 0,
  position: beforeOrdinal,
})

it('a separator takes a place on screen and shifts no ordinal', () => {
  const list = DisplayList.of(5, [gap(2)])
  const shown = [0, 1, 2, 3, 4, 5].map((row) => {
    const at = list.at(row)
    return at?.kind === 'hit' ? at.ordinal : 'gap'
  })
  expect(shown).toEqual([0, 1, 'gap', 2, 3, 4])
  expect(list.length).toBe(6)
})

it('a gap after the last hit is shown after it', () => {
  const list = DisplayList.of(2, [gap(2)])
  expect(list.at(2)?.kind).toBe('gap')
  expect(list.at(3)).toBeUndefined()
})

it('every hit is found where it says that it stands', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 30 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), gaps, (hits, befores) => {
      const list = DisplayList.of(hits, befores.map(gap))
      let seen = 0
      for (let row = 0; row < list.length; row += 1) {
        const at = list.at(row)
        if (at?.kind !== 'hit') continue
        expect(at.ordinal).toBe(seen)
        expect(list.rowOf(seen)).toBe(row)
        seen += 1
      }
      expect(seen).toBe(hits)
    }),
  )
})
