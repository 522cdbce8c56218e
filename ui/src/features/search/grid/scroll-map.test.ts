import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ScrollMap, SPACER_PX_MAX } from './scroll-map'

const ROW_PX = 26
const VIEW_PX = 640

function mapOf(rows: number, viewPx = VIEW_PX): ScrollMap {
  const map = new ScrollMap()
  map.resize(rows, ROW_PX, viewPx)
  return map
}

/** What a scroll bar does: whole pixels, cut to its range. */
function barAt(map: ScrollMap, scrollTop: number, viewPx = VIEW_PX): number {
  return Math.max(0, Math.min(map.spacerPx - viewPx, Math.round(scrollTop)))
}

describe('40,000,000 rows behind one scroll bar', () => {
  const rows = 40_000_000

  it('never need an element that the web view would clamp', () => {
    expect(mapOf(rows).spacerPx).toBe(SPACER_PX_MAX)
  })

  it('end exactly with the last row', () => {
    const map = mapOf(rows)
    map.scrolled(map.spacerPx - VIEW_PX)
    expect(map.position).toBe(rows * ROW_PX - VIEW_PX)
  })

  it('begin exactly with the first row after coming back from anywhere', () => {
    const map = mapOf(rows)
    map.scrolled(4_000_000)
    map.scrolled(0)
    expect(map.position).toBe(0)
  })

  it('move pixel for pixel with the wheel, however deep they are', () => {
    const map = mapOf(rows)
    let bar = map.moveTo(20_000_000 * ROW_PX)
    const start = map.position
    for (let step = 0; step < 20; step += 1) map.scrolled((bar += 53))
    expect(map.position - start).toBe(1060)
  })

  it('lose nothing and jump nowhere when the bar is set right after a rest', () => {
    const map = mapOf(rows)
    const bar = map.moveTo(20_000_000 * ROW_PX)
    map.scrolled(bar + 1060)
    const before = map.position
    const set = map.resync()
    expect(map.position).toBe(before)
    expect(map.scrolled(set)).toBe(false)
  })

  it('reach the top by the wheel alone', () => {
    const map = mapOf(rows)
    let bar = map.moveTo(70 * VIEW_PX)
    for (let step = 0; step < 2000 && map.position > 0; step += 1) {
      bar = barAt(map, bar - 53)
      if (!map.scrolled(bar)) bar = map.resync()
      if (step % 20 === 19) bar = map.resync()
    }
    expect(map.position).toBe(0)
  })

  it('keep their place when the bar moves by its own mapping', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: rows - 1 }), (row) => {
        const map = mapOf(rows)
        map.moveTo(row * ROW_PX)
        const bar = map.scrollTop
        const other = mapOf(rows)
        other.scrolled(bar)
        // A drag of the thumb is as fine as its pixels: about 130 virtual ones each.
        const error = Math.abs(other.position - map.position)
        const short = bar <= 4 * VIEW_PX
        expect(error).toBeLessThanOrEqual(short ? 1 : 140)
      }),
    )
  })
})

it('a position is always inside what there is', () => {
  const moves = fc.array(fc.integer({ min: 0, max: SPACER_PX_MAX }), { maxLength: 40 })
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60_000_000 }), moves, (rows, bars) => {
      const map = mapOf(rows)
      for (const bar of bars) {
        map.scrolled(barAt(map, bar))
        expect(map.position).toBeGreaterThanOrEqual(0)
        expect(map.position).toBeLessThanOrEqual(map.positionMax)
      }
    }),
  )
})

it('a row that is revealed is wholly in view', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40_000_000 }),
      fc.nat(),
      fc.nat(),
      (rows, from, wanted) => {
        const map = mapOf(rows)
        map.moveTo((from % rows) * ROW_PX)
        const row = wanted % rows
        map.moveTo(map.reveal(row))
        expect(row * ROW_PX).toBeGreaterThanOrEqual(map.position)
        expect((row + 1) * ROW_PX).toBeLessThanOrEqual(map.position + VIEW_PX)
      },
    ),
  )
})

it('few rows are mapped one to one', () => {
  const map = mapOf(1000)
  map.scrolled(12_345)
  expect(map.position).toBe(12_345)
})
