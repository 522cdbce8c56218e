import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Bucket, Histogram } from '../../backend/backend'
import { bars, countTicks, lane, marks, nsAt, prefersLog, xOf, type Box } from './layout'

const BOX: Box = { x: 50, y: 10, w: 600, h: 100 }

function bucket(startNs: bigint, severities: number[]): Bucket {
  const bySeverity = [...severities, 0, 0, 0, 0, 0, 0].slice(0, 6) as Bucket['bySeverity']
  const count = bySeverity.reduce((sum, each) => sum + each, 0)
  return { startNs: String(startNs), count, bySeverity, byVerdict: [count, 0, 0, 0, 0, 0] }
}

function histogramOf(buckets: Bucket[], changes: Partial<Histogram> = {}): Histogram {
  return {
    generation: 1,
    fromNs: '0',
    toNs: '600',
    fromAllNs: '0',
    toAllNs: '600',
    bucketNs: '10',
    bucketText: '10 ns',
    buckets,
    dated: 0,
    undated: 0,
    exact: true,
    gaps: [],
    sealLane: [],
    breaks: [],
    clockSteps: [],
    zoneOffsets: [{ fromNs: '0', seconds: 0 }],
    indexedToNs: null,
    ...changes,
  }
}

describe('bars', () => {
  it('stand where their time is, and the highest fills the height', () => {
    const rects = bars(histogramOf([bucket(0n, [4]), bucket(300n, [2])]), 'severity', false, BOX)
    expect(rects.map((rect) => rect.x)).toEqual([50, 350])
    expect(rects.map((rect) => rect.h)).toEqual([100, 50])
  })

  it('of one hit among millions are still seen', () => {
    const rects = bars(
      histogramOf([bucket(0n, [5_000_000]), bucket(300n, [1])]),
      'severity',
      false,
      BOX,
    )
    expect(rects[1]?.h).toBeGreaterThanOrEqual(1)
  })

  it('never leave the box, whatever the counts', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 60 }), fc.boolean(), (all, log) => {
        const buckets = all.map((severities, n) => bucket(BigInt(n * 10), severities))
        for (const rect of bars(histogramOf(buckets), 'severity', log, BOX)) {
          expect(rect.x).toBeGreaterThanOrEqual(BOX.x)
          expect(rect.x + rect.w).toBeLessThanOrEqual(BOX.x + BOX.w + 1e-6)
          expect(rect.y).toBeGreaterThanOrEqual(BOX.y - 1.001)
          expect(rect.y + rect.h).toBeLessThanOrEqual(BOX.y + BOX.h + 1e-6)
        }
      }),
    )
  })

  it('show the worst at the bottom', () => {
    const rects = bars(histogramOf([bucket(0n, [1, 1, 0, 2])]), 'severity', false, BOX)
    expect(rects.map((rect) => rect.colour)).toEqual(['sev-critical', 'sev-error', 'sev-info'])
    const bottoms = rects.map((rect) => rect.y + rect.h)
    expect(bottoms).toEqual([...bottoms].sort((a, b) => b - a))
  })
})

it('a place of the chart and its moment belong together', () => {
  const from = 1_773_446_400_000_000_000n
  const to = from + 86_400_000_000_000n
  fc.assert(
    fc.property(fc.bigInt(from, to), (ns) => {
      const back = nsAt(xOf(ns, from, to, BOX), from, to, BOX)
      expect(Number(back - ns)).toBeLessThan(1000)
      expect(Number(ns - back)).toBeLessThan(1000)
    }),
  )
})

it('the seal lane loses no stretch, however short', () => {
  const spans = [
    { fromNs: '0', toNs: '300', verdict: 'intact' as const },
    { fromNs: '300', toNs: '300', verdict: 'unsealed' as const },
  ]
  const pieces = lane(spans, 0n, 600n, BOX)
  expect(pieces.map((piece) => piece.verdict)).toEqual(['intact', 'unsealed'])
  expect(pieces[1]?.w).toBeGreaterThanOrEqual(1)
})

it('marks that would cover each other are gathered and counted', () => {
  const at = (timeNs: string) => ({ timeNs, archive: 0, position: 1, count: 1, label: 'Broken' })
  const found = marks(histogramOf([], { breaks: [at('100'), at('101'), at('500')] }), BOX, 12)
  expect(found.map((mark) => mark.count)).toEqual([2, 1])
})

it('the logarithm is proposed only where a few bars dwarf the rest', () => {
  const flat = [bucket(0n, [5]), bucket(10n, [6]), bucket(20n, [7]), bucket(30n, [8])]
  expect(prefersLog(histogramOf(flat))).toBe(false)
  expect(prefersLog(histogramOf([...flat, bucket(40n, [9000])]))).toBe(true)
})

it('the axis counts in round numbers', () => {
  expect(countTicks(900, false)).toEqual([0, 500])
  expect(countTicks(30, false)).toEqual([0, 10, 20, 30])
  expect(countTicks(0, false)).toEqual([0])
  expect(countTicks(5000, true)).toEqual([0, 1, 100])
})
