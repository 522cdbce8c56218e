/** How fine times are shown. Finer digits than a source gives are never made up. */
export type TimePrecision = 's' | 'ms' | 'µs' | 'ns'

export const TIME_PRECISIONS: readonly TimePrecision[] = ['s', 'ms', 'µs', 'ns']

const DIGITS: Record<TimePrecision, number> = { s: 0, ms: 3, µs: 6, ns: 9 }

/** Cuts the fraction of a time's text; what follows it (a zone) stays. */
export function cutPrecision(timeText: string, precision: TimePrecision): string {
  const digits = DIGITS[precision]
  return timeText.replace(/(:\d{2})\.(\d+)/, (_, seconds: string, fraction: string) =>
    digits === 0 ? seconds : `${seconds}.${fraction.slice(0, digits)}`,
  )
}
