/** Numbers as people read them. Own code: the web view's locale must not change what is shown. */

/** 30112090 → `30,112,090`. */
export function grouped(value: number): string {
  const digits = String(Math.trunc(Math.abs(value)))
  const parts: string[] = []
  for (let end = digits.length; end > 0; end -= 3)
    parts.unshift(digits.slice(Math.max(0, end - 3), end))
  return (value < 0 ? '−' : '') + parts.join(',')
}

/** 18_400_000 → `18.4 M`; below 100,000 all digits. */
export function compact(value: number): string {
  if (value < 100_000) return grouped(value)
  const units = ['k', 'M', 'G']
  let scaled = value
  let unit = ''
  for (const next of units) {
    if (scaled < 999.95) break
    scaled /= 1000
    unit = next
  }
  return `${scaled < 99.95 ? scaled.toFixed(1) : scaled.toFixed(0)} ${unit}`
}

/** 44240000000 → `41.2 GiB`. */
export function bytes(value: number): string {
  if (value < 1024) return `${value} ${value === 1 ? 'byte' : 'bytes'}`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  let scaled = value / 1024
  let unit = 0
  while (scaled >= 1023.95 && unit < units.length - 1) {
    scaled /= 1024
    unit += 1
  }
  return `${scaled < 99.95 ? scaled.toFixed(1) : scaled.toFixed(0)} ${units[unit]}`
}

/** 1 entry, 2 entries. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${grouped(value)} ${value === 1 ? one : many}`
}

/** Share of a whole from 0 to 100; never 100 before the whole is reached. */
export function percent(part: number, whole: number): number {
  if (whole <= 0) return 0
  const share = (part / whole) * 100
  return part < whole ? Math.min(99.9, share) : 100
}

/** The first 12 hex digits, as the window shows digests. */
export function shortHex(hex: string): string {
  return hex.slice(0, 12)
}

/** Hex in groups of `size` digits. */
export function hexGroups(hex: string, size = 4): string[] {
  const groups: string[] = []
  for (let at = 0; at < hex.length; at += size) groups.push(hex.slice(at, at + size))
  return groups
}
