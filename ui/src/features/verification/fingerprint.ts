/** Comparing what the examiner typed with a key's fingerprint. Rust decides; this only helps. */

/** Eight groups of four digits: fewer are not a comparison. */
export const TYPED_DIGITS_MIN = 32

/** Hex digits of a typed fingerprint; blanks, colons and case do not count. */
export function typedDigits(text: string): string {
  return text.toLowerCase().replace(/[^0-9a-f]/g, '')
}

/** Something else than digits and separators was typed. */
export function hasStrayText(text: string): boolean {
  return /[^0-9a-fA-F\s:.-]/.test(text)
}

export function isLongEnough(text: string): boolean {
  return typedDigits(text).length >= TYPED_DIGITS_MIN && !hasStrayText(text)
}
