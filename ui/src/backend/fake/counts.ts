/** Histogram and facets of the fake, exact over the formula. */
import type { Bucket, Facet, Histogram, SealSpan } from '../backend'
import { durationText, floorDiv, niceStep } from '../../format/time'
import { SEVERITIES, VERDICTS } from '../../format/verdict'
import { find, type Hits } from './hits'
import { breaksOf } from './explain'
import { PERIOD, positionAt, saidAt, timeOf, type Said, type World } from './world'

interface View {
  fromNs?: string
  toNs?: string
  maxBuckets: number
}

export function histogram(
  world: World,
  hits: Hits,
  generation: number,
  view: View,
  offset: number,
): Histogram {
  const first = hits.count > 0 ? timeOf(world, hits.position(0)) : 0n
  const last = hits.count > 0 ? timeOf(world, hits.position(hits.count - 1)) + 1n : 0n
  const from = view.fromNs === undefined ? first : BigInt(view.fromNs)
  const to = view.toNs === undefined ? last : BigInt(view.toNs)
  const step = niceStep(to - from, Math.max(1, view.maxBuckets - 2))
  const start = floorDiv(from, step) * step
  const buckets: Bucket[] = []
  const bySeverity = SEVERITIES.map((severity) =>
    find(world, `severity:${severity}`, 0, world.rows),
  )
  for (let at = start; at < to && hits.count > 0; at += step) {
    const bucket = bucketAt(world, hits, bySeverity, at, at + step)
    if (bucket.count > 0) buckets.push(bucket)
  }
  const end = hits.count > 0 ? floorDiv(to + step - 1n, step) * step : start
  return {
    generation,
    fromNs: String(start),
    toNs: String(end),
    fromAllNs: String(first),
    toAllNs: String(last),
    bucketNs: String(step),
    bucketText: durationText(step),
    buckets,
    dated: buckets.reduce((sum, bucket) => sum + bucket.count, 0),
    undated: world.rows > 20_000 && hits.count > 0 ? 17 : 0,
    exact: true,
    gaps: silences(start, end),
    sealLane: lane(world),
    breaks: breaksOf(world).map((place) => ({
      timeNs: String(timeOf(world, place.position)),
      archive: 0,
      position: place.position,
      count: 1,
      label: place.title,
    })),
    clockSteps:
      world.rows > 3_000_000
        ? [
            {
              timeNs: String(timeOf(world, 2_400_000)),
              position: 2_400_000,
              archive: 0,
              label: 'clock went back 00:03:12',
            },
          ]
        : [],
    zoneOffsets: [{ fromNs: '0', seconds: offset }],
    indexedToNs: null,
  }
}

function bucketAt(world: World, hits: Hits, severities: Hits[], from: bigint, to: bigint): Bucket {
  const low = positionAt(world, from)
  const high = positionAt(world, to)
  const count = hits.within(low, high)
  const byVerdict = VERDICTS.map((verdict) =>
    world.ranges.reduce(
      (sum, range) =>
        range.verdict === verdict
          ? sum +
            hits.within(
              Math.max(low, range.from),
              Math.max(Math.max(low, range.from), Math.min(high, range.to)),
            )
          : sum,
      0,
    ),
  )
  const bySeverity = severities.map((places) => hits.within(low, high, places))
  bySeverity.push(Math.max(0, count - bySeverity.reduce((sum, each) => sum + each, 0)))
  return {
    startNs: String(from),
    count,
    byVerdict: byVerdict as Bucket['byVerdict'],
    bySeverity: bySeverity as Bucket['bySeverity'],
  }
}

function silences(from: bigint, to: bigint): Histogram['gaps'] {
  const day = 1_773_446_400n * 1_000_000_000n
  const quiet = { fromNs: day + 40_500n * 1_000_000_000n, toNs: day + 43_200n * 1_000_000_000n }
  if (quiet.toNs <= from || quiet.fromNs >= to) return []
  return [{ fromNs: String(quiet.fromNs), toNs: String(quiet.toNs), missing: 0 }]
}

function lane(world: World): SealSpan[] {
  return world.ranges
    .filter((range) => range.verdict !== 'broken')
    .map((range) => ({
      fromNs: String(timeOf(world, range.from)),
      toNs: String(timeOf(world, Math.max(range.from, range.to - 1))),
      verdict: range.verdict,
    }))
}

interface FacetInput {
  fields: string[]
  top: number
  filter?: string
}

export function facets(
  world: World,
  search: { request: { text: string }; hits: Hits },
  request: FacetInput,
  partial: boolean,
): Facet[] {
  return request.fields.map((field) => {
    const counts =
      field === 'seal' ? sealCounts(world, search.hits) : valueCounts(world, search.hits, field)
    const wanted = request.filter?.toLowerCase()
    const values = [...counts]
      .filter(
        ([value, count]) =>
          count > 0 && (wanted === undefined || value.toLowerCase().includes(wanted)),
      )
      .sort(field === 'seal' ? () => 0 : (a, b) => b[1] - a[1])
      .slice(0, request.top)
      .map(([value, count]) => {
        const condition = `${field}:${/[:\s]/.test(value) ? `"${value}"` : value}`
        const { text } = search.request
        const excluded = text.includes(`NOT ${condition}`)
        return {
          value: { runs: [value] },
          condition,
          count,
          included: !excluded && text.includes(condition),
          excluded,
        }
      })
    return {
      field,
      title: field === 'seal' ? 'Seal' : field,
      state: partial && field !== 'seal' ? 'partial' : 'exact',
      distinct: counts.size,
      values,
      error: null,
    }
  })
}

function sealCounts(world: World, hits: Hits): Map<string, number> {
  const counts = new Map<string, number>()
  for (const verdict of VERDICTS) {
    const sum = world.ranges
      .filter((range) => range.verdict === verdict)
      .reduce((all, range) => all + hits.within(range.from, range.to), 0)
    counts.set(verdict, sum)
  }
  return counts
}

function valueCounts(world: World, hits: Hits, field: string): Map<string, number> {
  const counts = new Map<string, number>()
  const places = new Set(hits.places)
  const each = hits.count / Math.max(1, hits.places.length)
  for (let place = 0; place < Math.min(PERIOD, world.rows); place += 1) {
    const value = saidAt(place)[field as keyof Said]
    if (places.has(place) && typeof value === 'string')
      counts.set(value, (counts.get(value) ?? 0) + each)
  }
  return new Map([...counts].map(([value, count]) => [value, Math.round(count)]))
}
