/**
 * Times of the chart as text. Nanoseconds are BigInt; the zone's offsets come from Rust, so the
 * web view's own zone data is never asked.
 */

export const SECOND = 1_000_000_000n
export const MINUTE = 60n * SECOND
export const HOUR = 60n * MINUTE
export const DAY = 24n * HOUR

export interface Offset {
  fromNs: string
  seconds: number
}

/** The calendar's parts of a moment. */
export interface Civil {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  ns: number
}

/** Division that rounds down, also below 1970. */
export function floorDiv(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value % by !== 0n && value < 0n !== by < 0n ? quotient - 1n : quotient
}

/** Seconds east of UTC that hold at a moment. */
export function offsetAt(ns: bigint, offsets: readonly Offset[]): number {
  let seconds = offsets[0]?.seconds ?? 0
  for (const offset of offsets) if (BigInt(offset.fromNs) <= ns) seconds = offset.seconds
  return seconds
}

/** Proleptic Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms"). */
export function civil(ns: bigint, offsetSeconds = 0): Civil {
  const shifted = ns + BigInt(offsetSeconds) * SECOND
  const days = Number(floorDiv(shifted, DAY))
  const inDay = shifted - BigInt(days) * DAY
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const m = Math.floor((5 * dayOfYear + 2) / 153)
  const month = m < 10 ? m + 3 : m - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * m + 2) / 5) + 1,
    hour: Number(inDay / HOUR),
    minute: Number((inDay / MINUTE) % 60n),
    second: Number((inDay / SECOND) % 60n),
    ns: Number(inDay % SECOND),
  }
}

const two = (value: number): string => String(value).padStart(2, '0')

export function dateText(moment: Civil): string {
  return `${String(moment.year).padStart(4, '0')}-${two(moment.month)}-${two(moment.day)}`
}

/** Digits after the second that a step of this width needs: 0, 3, 6 or 9. */
export function fractionDigits(stepNs: bigint): 0 | 3 | 6 | 9 {
  if (stepNs % SECOND === 0n) return 0
  if (stepNs % 1_000_000n === 0n) return 3
  return stepNs % 1_000n === 0n ? 6 : 9
}

export function clockText(moment: Civil, stepNs: bigint): string {
  const minutes = `${two(moment.hour)}:${two(moment.minute)}`
  if (stepNs % MINUTE === 0n) return minutes
  const digits = fractionDigits(stepNs)
  const seconds = `${minutes}:${two(moment.second)}`
  return digits === 0
    ? seconds
    : `${seconds}.${String(moment.ns).padStart(9, '0').slice(0, digits)}`
}

/** `2026-03-14 09:05`, as fine as the step needs. */
export function momentText(ns: bigint, offsets: readonly Offset[], stepNs: bigint): string {
  const moment = civil(ns, offsetAt(ns, offsets))
  return stepNs % DAY === 0n && moment.hour === 0 && moment.minute === 0
    ? dateText(moment)
    : `${dateText(moment)} ${clockText(moment, stepNs % DAY === 0n ? MINUTE : stepNs)}`
}

/** RFC 3339 in UTC with as many digits as needed. */
export function rfc3339(ns: bigint): string {
  const moment = civil(ns)
  const clock = `${two(moment.hour)}:${two(moment.minute)}:${two(moment.second)}`
  const fraction =
    moment.ns === 0 ? '' : `.${String(moment.ns).padStart(9, '0').replace(/0+$/, '')}`
  return `${dateText(moment)}T${clock}${fraction}Z`
}

const STEPS: readonly bigint[] = [
  ...[1n, 2n, 5n, 10n, 20n, 50n, 100n, 200n, 500n],
  ...[1n, 2n, 5n, 10n, 20n, 50n, 100n, 200n, 500n].map((n) => n * 1_000n),
  ...[1n, 2n, 5n, 10n, 20n, 50n, 100n, 200n, 500n].map((n) => n * 1_000_000n),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((n) => n * SECOND),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((n) => n * MINUTE),
  ...[1n, 2n, 3n, 6n, 12n].map((n) => n * HOUR),
  ...[
    1n,
    2n,
    7n,
    14n,
    30n,
    91n,
    182n,
    365n,
    730n,
    1825n,
    3650n,
    9125n,
    18_250n,
    36_500n,
    73_000n,
  ].map((n) => n * DAY),
]

/** The smallest step of the ladder that cuts a span into at most `most` pieces. */
export function niceStep(spanNs: bigint, most: number): bigint {
  const wanted = BigInt(Math.max(1, most))
  return STEPS.find((step) => spanNs / step <= wanted) ?? STEPS.at(-1) ?? DAY
}

export interface Tick {
  ns: bigint
  label: string
  /** Begins a day: written with its date. */
  strong: boolean
}

/** Ticks at round local times inside a view. */
export function ticks(from: bigint, to: bigint, offsets: readonly Offset[], most: number): Tick[] {
  if (to <= from) return []
  const step = niceStep(to - from, most)
  const found: Tick[] = []
  const shift = BigInt(offsetAt(from, offsets)) * SECOND
  let local = (floorDiv(from + shift - 1n, step) + 1n) * step
  for (let guard = 0; guard < 200; guard += 1) {
    const utc = local - shift
    // After a change of offset the local clock is another one; step from there.
    const ns = local - BigInt(offsetAt(utc, offsets)) * SECOND
    if (ns >= to) break
    if (ns >= from) {
      const moment = civil(ns, offsetAt(ns, offsets))
      const midnight =
        moment.hour === 0 && moment.minute === 0 && moment.second === 0 && moment.ns === 0
      const label = midnight ? dateText(moment) : clockText(moment, step)
      found.push({ ns, label, strong: midnight })
    }
    local += step
  }
  return found
}

/** `3 d 4 h`, `1 h 20 min`, `12 s`, `40 ms`: the two largest units. */
export function durationText(ns: bigint): string {
  const span = ns < 0n ? -ns : ns
  const units: [bigint, string][] = [
    [DAY, 'd'],
    [HOUR, 'h'],
    [MINUTE, 'min'],
    [SECOND, 's'],
    [1_000_000n, 'ms'],
    [1_000n, 'µs'],
    [1n, 'ns'],
  ]
  for (const [index, [size, name]] of units.entries()) {
    if (span < size) continue
    const next = units[index + 1]
    const rest = next && size >= MINUTE ? (span % size) / next[0] : 0n
    return rest > 0n && next
      ? `${span / size} ${name} ${rest} ${next[1]}`
      : `${span / size} ${name}`
  }
  return '0 s'
}
