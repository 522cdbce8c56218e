import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  civil,
  DAY,
  durationText,
  HOUR,
  MINUTE,
  momentText,
  niceStep,
  offsetAt,
  rfc3339,
  SECOND,
  ticks,
} from './time'
import { cutPrecision } from './time-precision'

const UTC = [{ fromNs: '0', seconds: 0 }]
const MARCH = 1_773_479_527_104_221_337n

it('the calendar agrees with that of the language', () => {
  const range = { min: -8_000_000_000_000, max: 8_000_000_000_000 }
  fc.assert(
    fc.property(fc.integer(range), (ms) => {
      const date = new Date(ms)
      const parts = civil(BigInt(ms) * 1_000_000n)
      expect([parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second]).toEqual([
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        date.getUTCDate(),
        date.getUTCHours(),
        date.getUTCMinutes(),
        date.getUTCSeconds(),
      ])
    }),
  )
})

it('a moment is written as fine as its step, and no finer', () => {
  expect(momentText(MARCH, UTC, MINUTE)).toBe('2026-03-14 09:12')
  expect(momentText(MARCH, UTC, SECOND)).toBe('2026-03-14 09:12:07')
  expect(momentText(MARCH, UTC, 1_000_000n)).toBe('2026-03-14 09:12:07.104')
  expect(momentText(MARCH, UTC, 1n)).toBe('2026-03-14 09:12:07.104221337')
  expect(momentText(1_773_446_400n * SECOND, UTC, DAY)).toBe('2026-03-14')
  expect(rfc3339(MARCH)).toBe('2026-03-14T09:12:07.104221337Z')
})

it('the offset that holds at a moment is used', () => {
  // Vienna goes from +01:00 to +02:00 on 2026-03-29T01:00:00Z.
  const change = 1_774_746_000n * SECOND
  const vienna = [
    { fromNs: '0', seconds: 3600 },
    { fromNs: String(change), seconds: 7200 },
  ]
  expect(offsetAt(change - 1n, vienna)).toBe(3600)
  expect(momentText(change - SECOND, vienna, SECOND)).toBe('2026-03-29 01:59:59')
  expect(momentText(change, vienna, SECOND)).toBe('2026-03-29 03:00:00')
})

it('ticks stand at round local times inside the view', () => {
  const from = 1_773_446_400n * SECOND
  const kathmandu = [{ fromNs: '0', seconds: 20_700 }]
  const found = ticks(from, from + DAY, kathmandu, 8)
  expect(found.length).toBeGreaterThan(3)
  for (const tick of found) {
    expect(tick.ns >= from && tick.ns < from + DAY).toBe(true)
    expect(civil(tick.ns, 20_700).minute).toBe(0)
  }
})

it('there are never more ticks than fit', () => {
  const span = fc.bigInt(1n, 4_000_000_000_000_000_000n)
  fc.assert(
    fc.property(span, fc.integer({ min: 2, max: 20 }), (width, most) => {
      expect(ticks(0n, width, UTC, most).length).toBeLessThanOrEqual(most + 1)
    }),
  )
})

it('steps are round', () => {
  expect(niceStep(DAY, 24)).toBe(HOUR)
  expect(niceStep(HOUR, 12)).toBe(5n * MINUTE)
})

it('spans are told in their two largest units', () => {
  expect(durationText(192n * SECOND)).toBe('3 min 12 s')
  expect(durationText(5n * MINUTE)).toBe('5 min')
  expect(durationText(-2n * DAY - 3n * HOUR)).toBe('2 d 3 h')
  expect(durationText(0n)).toBe('0 s')
})

it('precision is only ever taken away', () => {
  expect(cutPrecision('2026-03-14 09:12:07.104221', 'ms')).toBe('2026-03-14 09:12:07.104')
  expect(cutPrecision('2026-03-14 09:12:07.104 +01:00', 'ns')).toBe(
    '2026-03-14 09:12:07.104 +01:00',
  )
  expect(cutPrecision('2026-03-14 09:12:07.104 +01:00', 's')).toBe('2026-03-14 09:12:07 +01:00')
})
