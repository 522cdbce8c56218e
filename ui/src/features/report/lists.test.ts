import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CitedForm } from '../../backend/backend'
import {
  citedKey,
  exhibitNumbers,
  exhibitText,
  moved,
  printed,
  sectionNumbers,
  withoutCited,
} from './lists'

const cited = (position: number, changes: Partial<CitedForm> = {}): CitedForm => ({
  archive: 'ab',
  path: '/a',
  position,
  record: 0,
  leaf: `leaf${position}`,
  note: '',
  ...changes,
})

describe('order', () => {
  it('keeps every member, and stops at the ends', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat()),
        fc.nat(20),
        fc.integer({ min: -30, max: 30 }),
        (list, at, by) => {
          const next = moved(list, at, by)
          expect([...next].sort()).toEqual([...list].sort())
          if (at < list.length) {
            const to = Math.max(0, Math.min(list.length - 1, at + by))
            expect(next[to]).toBe(list[at])
          }
        },
      ),
    )
  })
})

describe('cited entries', () => {
  it('are the same record whatever is said of them and wherever the archive lies', () => {
    expect(citedKey(cited(3, { note: 'a', path: '/b' }))).toBe(citedKey(cited(3)))
    expect(citedKey(cited(3, { record: 1 }))).not.toBe(citedKey(cited(3)))
    const folder = { archive: '', path: '/b' }
    expect(citedKey(cited(3, folder))).not.toBe(citedKey(cited(3, { archive: '' })))
  })

  it('are taken back without touching those that were added since', () => {
    const list = [cited(1), cited(2), cited(3, { note: 'mine' })]
    expect(withoutCited(list, [cited(2), cited(9)])).toEqual([list[0], list[2]])
  })
})

describe('sections', () => {
  const choices = [
    { id: 'identity', heading: 'Report and case', required: true },
    { id: 'people', heading: 'People', required: false },
  ]
  const sections = [
    { id: 'identity', printed: true },
    { id: 'people', printed: true },
  ]

  it('that are required cannot be left out', () => {
    expect(printed(sections, choices, 'identity', false)).toEqual(sections)
    const without = printed(sections, choices, 'people', false)
    expect(without[1]).toEqual({ id: 'people', printed: false })
    expect(sectionNumbers(without)).toEqual([1, undefined])
    expect(sectionNumbers(sections)).toEqual([1, 2])
  })
})

describe('exhibit numbers', () => {
  it('are read as people write them', () => {
    expect(exhibitNumbers('E3, 1; 5-7 und E5')).toEqual([1, 3, 5, 6, 7])
    expect(exhibitNumbers('none, 0')).toEqual([])
    expect(exhibitText([1, 12])).toBe('E1, E12')
  })

  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 99_999 })), (numbers) => {
        const sorted = [...numbers].sort((a, b) => a - b)
        expect(exhibitNumbers(exhibitText(sorted))).toEqual(sorted)
      }),
    )
  })

  it('of an absurd range are bounded', () => {
    expect(exhibitNumbers('1-999999').length).toBeLessThanOrEqual(1001)
  })
})
