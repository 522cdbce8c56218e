import fc from 'fast-check'
import { expect, it } from 'vitest'
import { RangeSet, type Range } from './range-set'

it('everything selected is one range', () => {
  expect(RangeSet.of([0, 40_000_000]).ranges).toEqual([[0, 40_000_000]])
})

it('it holds exactly what was put in and not taken out', () => {
  const range = fc
    .tuple(fc.nat(60), fc.nat(60))
    .map(([a, b]): Range => [Math.min(a, b), Math.max(a, b)])
  const step = fc.tuple(fc.boolean(), range)
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let set = RangeSet.EMPTY
      const plain = new Set<number>()
      for (const [add, [from, to]] of steps) {
        set = add ? set.with([from, to]) : set.without([from, to])
        for (let n = from; n < to; n += 1) {
          if (add) plain.add(n)
          else plain.delete(n)
        }
      }
      for (let n = 0; n <= 61; n += 1) expect(set.has(n)).toBe(plain.has(n))
      expect(set.size).toBe(plain.size)
      for (const [index, [from]] of set.ranges.entries()) {
        const before = set.ranges[index - 1]
        if (before) expect(before[1]).toBeLessThan(from)
      }
    }),
  )
})
