/** The words and shapes of verdicts: one table for every place that shows one. */
import type { SeverityWord, VerdictWord } from '../backend/backend'

export type GlyphShape =
  | 'shield-check'
  | 'shield-equals'
  | 'diamond-key'
  | 'circle'
  | 'shield-cross'
  | 'box-dots'
  | 'ellipsis'
  | 'square-bang'

/** What a mark says: a verdict, or damage, or entries that are missing. */
export type MarkWord = VerdictWord | 'damage' | 'missing'

export interface VerdictLook {
  /** Shown beside the glyph. */
  short: string
  /** Read by screen readers. */
  aria: string
  shape: GlyphShape
  /** Class for the colour; never the only sign. */
  tone: string
}

const LOOKS: Record<MarkWord, VerdictLook> = {
  intact: { short: 'Intact', aria: 'intact', shape: 'shield-check', tone: 'tone-intact' },
  consistent: {
    short: 'Consistent',
    aria: 'consistent, not proven',
    shape: 'shield-equals',
    tone: 'tone-consistent',
  },
  unproven: {
    short: 'Unproven',
    aria: 'sealed, could not be proven',
    shape: 'diamond-key',
    tone: 'tone-unproven',
  },
  unsealed: { short: 'Unsealed', aria: 'unsealed', shape: 'circle', tone: 'tone-unsealed' },
  broken: { short: 'Broken', aria: 'broken here', shape: 'shield-cross', tone: 'tone-broken' },
  unchecked: {
    short: 'Not checked',
    aria: 'not checked yet',
    shape: 'ellipsis',
    tone: 'tone-unchecked',
  },
  damage: {
    short: 'Unreadable',
    aria: 'could not be read',
    shape: 'square-bang',
    tone: 'tone-damage',
  },
  missing: {
    short: 'Missing',
    aria: 'entries missing before this',
    shape: 'box-dots',
    tone: 'tone-missing',
  },
}

export function lookOf(word: MarkWord): VerdictLook {
  return LOOKS[word]
}

/** In the order of `Bucket.byVerdict`. */
export const VERDICTS: readonly VerdictWord[] = [
  'intact',
  'consistent',
  'unproven',
  'unsealed',
  'broken',
  'unchecked',
]

/** In the order of `Bucket.bySeverity`, without `none`. */
export const SEVERITIES: readonly SeverityWord[] = ['critical', 'error', 'warning', 'info', 'debug']

/** The letter of a severity's chip. */
export function severityLetter(severity: SeverityWord): string {
  return severity.charAt(0).toUpperCase()
}

export function severityTitle(severity: SeverityWord): string {
  return severity.charAt(0).toUpperCase() + severity.slice(1)
}
