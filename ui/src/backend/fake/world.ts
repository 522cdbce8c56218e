/**
 * An archive that exists only as a formula: any number of entries, each made from its position.
 * What an entry says repeats every 1,000 positions, so that counts under a query are exact.
 */
import type { Run, SeverityWord, Shown, VerdictWord } from '../backend'

export const PERIOD = 1000
const SECOND = 1_000_000_000n
/** 2026-03-14T00:00:00Z. */
const DAY_START = 1_773_446_400n * SECOND

export interface SealRange {
  from: number
  to: number
  verdict: VerdictWord
}

export interface Missing {
  before: number
  count: number
}

export interface World {
  name: string
  rows: number
  ranges: SealRange[]
  missing: Missing[]
  /** A CloudTrail folder instead of a sealog archive. */
  trail?: boolean
}

export interface Said {
  severity: SeverityWord
  who: string
  did: string
  to_what: string
  from_where: string
  outcome: string
  class: string
  'user.username': string
  verb: string
  'objectRef.resource': string
  'objectRef.namespace': string
  'responseStatus.code': string
  message: Shown
}

const USERS = [
  'system:serviceaccount:kube-system:replicaset-controller',
  'system:node:worker-2',
  'alice@example.org',
  'system:apiserver',
  'deploy-bot',
  'root',
]
const VERBS = ['get', 'list', 'watch', 'update', 'patch', 'create', 'delete']
const RESOURCES = ['pods', 'leases', 'configmaps', 'secrets', 'deployments', 'events']
const SPACES = ['default', 'kube-system', 'payments', 'web']
const ADDRESSES = ['10.0.4.17', '10.0.4.23', '192.0.2.41', '203.0.113.9', '::1']
const HOSTILE: Shown[] = [
  { runs: ['user ', { chip: 'U+202E', says: 'right-to-left override' }, 'gpj.exe opened invoice'] },
  { runs: ['<img src=x onerror=alert(1)> as a name', { chip: '1B', says: 'escape' }, '[31mred'] },
  { runs: ['=HYPERLINK("http://example.org") in a path'] },
  {
    runs: ['bytes ', { chip: 'FF', says: 'not UTF-8' }, { chip: 'FE', says: 'not UTF-8' }, ' here'],
  },
  { runs: ['שלום עולם next to latin ', { chip: 'U+200B', says: 'zero-width space' }, 'text'] },
  { runs: ['a very long value '.repeat(18)], cut: true },
]

/** A hash that is the same on every machine. */
export function scramble(n: number): number {
  let x = Math.imul(n ^ 0x9e3779b9, 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T

function make(n: number): Said {
  const h = scramble(n)
  const severity: SeverityWord =
    h % 97 === 0
      ? 'critical'
      : h % 23 === 0
        ? 'error'
        : h % 7 === 0
          ? 'warning'
          : h % 5 === 0
            ? 'debug'
            : 'info'
  const who = pick(USERS, h >>> 3)
  const verb = pick(VERBS, (h >>> 5) % 11 < 6 ? 0 : h >>> 7)
  const resource = pick(RESOURCES, h >>> 9)
  const namespace = pick(SPACES, h >>> 11)
  const bad = severity === 'error' || severity === 'critical'
  const plain = `${verb} ${resource} in ${namespace} by ${who}: ${bad ? '403 Forbidden' : '200 OK'}`
  const message = n % 125 === 77 ? pick(HOSTILE, n >>> 3) : { runs: [plain] as Run[] }
  return {
    severity,
    who,
    did: verb,
    to_what: `${resource}/${namespace}`,
    from_where: pick(ADDRESSES, h >>> 13),
    outcome: bad ? 'failure' : 'success',
    class: resource === 'secrets' ? 'privilege' : 'api-request',
    'user.username': who,
    verb,
    'objectRef.resource': resource,
    'objectRef.namespace': namespace,
    'responseStatus.code': bad ? '403' : '200',
    message,
  }
}

export const SAID: readonly Said[] = Array.from({ length: PERIOD }, (_, n) => make(n))

export function saidAt(position: number): Said {
  return SAID[position % PERIOD] as Said
}

/** The day's rhythm as weights per quarter of an hour; zero is silence. */
const RHYTHM = Array.from({ length: 96 }, (_, quarter) => {
  const hour = quarter / 4
  if (hour >= 11.25 && hour < 12) return 0
  const day = 1 + Math.max(0, Math.sin(((hour - 5) / 24) * 2 * Math.PI)) * 2.4
  return day + (scramble(quarter) % 100) / 160 + (quarter === 36 || quarter === 37 ? 3.2 : 0)
})
const STARTS = RHYTHM.reduce<number[]>(
  (sums, weight) => [...sums, (sums.at(-1) ?? 0) + weight],
  [0],
)
const TOTAL = STARTS.at(-1) ?? 1
const QUARTER_NS = 900e9

export function timeOf(world: World, position: number): bigint {
  const share = ((position + 0.5) / Math.max(1, world.rows)) * TOTAL
  let quarter = 0
  while (quarter < 95 && (STARTS[quarter + 1] ?? 0) <= share) quarter += 1
  const within = (share - (STARTS[quarter] ?? 0)) / (RHYTHM[quarter] || 1)
  const micros = Math.floor((quarter + within) * (QUARTER_NS / 1000))
  return DAY_START + BigInt(micros) * 1000n
}

/** First position at or after a moment. */
export function positionAt(world: World, ns: bigint): number {
  let low = 0
  let high = world.rows
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (timeOf(world, middle) < ns) low = middle + 1
    else high = middle
  }
  return low
}

export function verdictAt(world: World, position: number): VerdictWord {
  let low = 0
  let high = world.ranges.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const range = world.ranges[middle]
    if (range === undefined) break
    if (position < range.from) high = middle - 1
    else if (position >= range.to) low = middle + 1
    else return range.verdict
  }
  return 'unchecked'
}

/** A digest that looks like one; the fake hashes nothing. */
export function digestOf(text: string): string {
  let hex = ''
  let h = 7
  for (const char of text) h = scramble(h + char.charCodeAt(0))
  while (hex.length < 64) {
    h = scramble(h + hex.length)
    hex += h.toString(16).padStart(8, '0')
  }
  return hex
}

export function uniform(name: string, rows: number, verdict: VerdictWord): World {
  return { name, rows, ranges: rows > 0 ? [{ from: 0, to: rows, verdict }] : [], missing: [] }
}

/** An archive with one changed entry, twelve removed ones, a broken frame and an open end. */
export function broken(rows: number): World {
  const middle = Math.floor(rows / 2)
  const tail = Math.max(5000, rows - 12)
  const ranges: SealRange[] = [
    { from: 0, to: 1204, verdict: 'intact' },
    { from: 1204, to: 1205, verdict: 'broken' },
    { from: 1205, to: middle, verdict: 'intact' },
    { from: middle, to: middle + 4096, verdict: 'broken' },
    { from: middle + 4096, to: Math.floor(rows * 0.7), verdict: 'intact' },
    { from: Math.floor(rows * 0.7), to: Math.floor(rows * 0.76), verdict: 'unproven' },
    { from: Math.floor(rows * 0.76), to: tail, verdict: 'intact' },
    { from: tail, to: rows, verdict: 'unsealed' },
  ]
  return { name: 'vpn-gw-q1.sealog', rows, ranges, missing: [{ before: 1207, count: 12 }] }
}
