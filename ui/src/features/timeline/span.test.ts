import fc from 'fast-check'
import { expect, it } from 'vitest'
import { panned, zoomed } from './span'

const DAY = 86_400_000_000_000n

it('zooming keeps the moment under the pointer', () => {
  const span = zoomed({ from: 0n, to: 1000n * DAY }, 0.5, 250n * DAY, 0n, 1000n * DAY)
  expect(span).toEqual({ from: 125n * DAY, to: 625n * DAY })
})

it('zooming out to everything ends the zoom', () => {
  expect(zoomed({ from: 0n, to: 600n }, 2, undefined, 0n, 1000n)).toBeUndefined()
})

it('no zoom and no pan leaves what there is', () => {
  const share = fc.double({ min: -3, max: 3, noNaN: true })
  const factor = fc.double({ min: 0.01, max: 100, noNaN: true })
  fc.assert(
    fc.property(share, factor, fc.bigInt(0n, DAY - 1n), (by, zoom, at) => {
      const near = zoomed({ from: 0n, to: DAY }, zoom, at, 0n, DAY) ?? { from: 0n, to: DAY }
      const moved = panned(near, by, 0n, DAY)
      for (const span of [near, moved]) {
        expect(span.from >= 0n && span.to <= DAY && span.from < span.to).toBe(true)
      }
    }),
  )
})
