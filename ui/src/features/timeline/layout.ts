/** Where everything of the chart stands, worked out without a canvas so that it can be tested. */
import type { Histogram, SealSpan, VerdictWord } from '../../backend/backend'
import { SEVERITIES, VERDICTS } from '../../format/verdict'

export type StackBy = 'severity' | 'verdict'

export interface Rect {
  x: number
  y: number
  w: number
  h: number
  /** Name of a colour token without the dashes. */
  colour: string
}

export interface Box {
  x: number
  y: number
  w: number
  h: number
}

const SEVERITY_COLOURS = [...SEVERITIES.map((severity) => `sev-${severity}`), 'line-strong']
const VERDICT_COLOURS: Record<VerdictWord, string> = {
  intact: 'intact',
  consistent: 'consistent',
  unproven: 'unproven',
  unsealed: 'unsealed',
  broken: 'broken',
  unchecked: 'checking',
}

export function verdictColour(verdict: VerdictWord): string {
  return VERDICT_COLOURS[verdict]
}

/** Where a moment stands in a box, not cut to it. */
export function xOf(ns: bigint, from: bigint, to: bigint, box: Box): number {
  return to > from ? box.x + (Number(ns - from) / Number(to - from)) * box.w : box.x
}

/** The moment under a place of a box. */
export function nsAt(x: number, from: bigint, to: bigint, box: Box): bigint {
  const share = Math.min(1, Math.max(0, (x - box.x) / Math.max(1, box.w)))
  return from + BigInt(Math.round(share * Number(to - from)))
}

/** The logarithm is proposed where a few buckets dwarf the others. */
export function prefersLog(histogram: Histogram): boolean {
  const counts = histogram.buckets.map((bucket) => bucket.count).filter((count) => count > 0)
  counts.sort((a, b) => a - b)
  const median = counts[Math.floor(counts.length / 2)] ?? 0
  const largest = counts.at(-1) ?? 0
  return counts.length > 3 && largest > 100 * median
}

/** Height of a count: 0 to 1. One hit is never invisible. */
export function heightOf(count: number, most: number, log: boolean): number {
  if (count <= 0 || most <= 0) return 0
  return log ? Math.log1p(count) / Math.log1p(most) : count / most
}

export function mostOf(histogram: Histogram): number {
  return histogram.buckets.reduce((most, bucket) => Math.max(most, bucket.count), 0)
}

/** Stacked bars, worst at the bottom where it is seen first. */
export function bars(histogram: Histogram, stackBy: StackBy, log: boolean, box: Box): Rect[] {
  const from = BigInt(histogram.fromNs)
  const to = BigInt(histogram.toNs)
  const step = BigInt(histogram.bucketNs)
  const most = mostOf(histogram)
  const rects: Rect[] = []
  for (const bucket of histogram.buckets) {
    const start = BigInt(bucket.startNs)
    const left = xOf(start, from, to, box)
    const right = xOf(start + step, from, to, box)
    const gap = right - left > 4 ? 1 : 0
    const full = Math.max(1, heightOf(bucket.count, most, log) * box.h)
    let bottom = box.y + box.h
    for (const [count, colour] of parts(bucket.byVerdict, bucket.bySeverity, stackBy)) {
      if (count === 0 || bucket.count === 0) continue
      const h = (count / bucket.count) * full
      bottom -= h
      rects.push({ x: left, y: bottom, w: Math.max(1, right - left - gap), h, colour })
    }
  }
  return rects
}

function parts(
  byVerdict: readonly number[],
  bySeverity: readonly number[],
  stackBy: StackBy,
): [number, string][] {
  if (stackBy === 'severity') {
    return SEVERITY_COLOURS.map((colour, index) => [bySeverity[index] ?? 0, colour])
  }
  const worstFirst: VerdictWord[] = [
    'broken',
    'unsealed',
    'unproven',
    'consistent',
    'unchecked',
    'intact',
  ]
  return worstFirst.map((verdict) => [
    byVerdict[VERDICTS.indexOf(verdict)] ?? 0,
    VERDICT_COLOURS[verdict],
  ])
}

export interface LanePiece extends Box {
  verdict: VerdictWord
}

/** The seal lane's pieces inside a box; each at least a pixel wide so that none vanishes. */
export function lane(spans: readonly SealSpan[], from: bigint, to: bigint, box: Box): LanePiece[] {
  const pieces: LanePiece[] = []
  for (const span of spans) {
    const start = BigInt(span.fromNs)
    const end = BigInt(span.toNs)
    if (end < from || start >= to) continue
    const left = Math.max(box.x, xOf(start, from, to, box))
    const right = Math.min(box.x + box.w, xOf(end, from, to, box))
    pieces.push({
      x: left,
      y: box.y,
      w: Math.max(1, right - left),
      h: box.h,
      verdict: span.verdict,
    })
  }
  return pieces
}

export interface Mark {
  x: number
  ns: bigint
  archive: number
  position: number
  count: number
  label: string
  kind: 'break' | 'clock'
}

/** Breaks and clock steps; what stands closer than `apartPx` is gathered into one mark. */
export function marks(histogram: Histogram, box: Box, apartPx: number): Mark[] {
  const from = BigInt(histogram.fromNs)
  const to = BigInt(histogram.toNs)
  const all: Mark[] = [
    ...histogram.breaks.map((each) => ({
      ...each,
      ns: BigInt(each.timeNs),
      kind: 'break' as const,
      x: 0,
    })),
    ...histogram.clockSteps.map((each) => ({
      ...each,
      ns: BigInt(each.timeNs),
      kind: 'clock' as const,
      x: 0,
      count: 1,
    })),
  ].filter((mark) => mark.ns >= from && mark.ns < to)
  all.sort((a, b) => (a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0))
  const found: Mark[] = []
  for (const mark of all) {
    mark.x = xOf(mark.ns, from, to, box)
    const before = found.findLast((each) => each.kind === mark.kind)
    if (before && mark.x - before.x < apartPx) {
      before.count += mark.count
      before.label = `${before.count} seal problems near here`
      if (mark.kind === 'clock') before.label = `${before.count} places where the clock went back`
    } else {
      found.push({ ...mark })
    }
  }
  return found
}

/** Counts for the vertical axis: round numbers that fit. */
export function countTicks(most: number, log: boolean): number[] {
  if (most <= 0) return [0]
  if (log) {
    const ticks = [0]
    const powers = Math.max(1, Math.ceil(Math.log10(most + 1) / 3))
    for (let power = 0; 10 ** power <= most; power += powers) ticks.push(10 ** power)
    return ticks
  }
  const rough = most / 3
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)))
  const step = Math.max(
    1,
    [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? power * 10,
  )
  const ticks: number[] = []
  for (let tick = 0; tick <= most; tick += step) ticks.push(tick)
  return ticks
}
