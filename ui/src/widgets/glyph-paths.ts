/** One set of eight glyphs on a 16 × 16 grid, told apart by outline and not by colour. */
import type { GlyphShape } from '../format/verdict'

export const SHIELD = 'M8 1.2 2.6 3.1v4.3c0 3.4 2.2 6 5.4 7.4 3.2-1.4 5.4-4 5.4-7.4V3.1L8 1.2Z'
const SHIELD_OPEN = 'M8 1.9 3.2 3.6v3.8c0 3 1.9 5.3 4.8 6.6 2.9-1.3 4.8-3.6 4.8-6.6V3.6L8 1.9Z'
const SHIELD_SPLIT = 'M6.7 2.2 2.7 3.7v3.7c0 3 1.6 5.2 4 6.5M9.3 2.2l4 1.5v3.7c0 3-1.6 5.2-4 6.5'

export interface GlyphPath {
  lines: string
  solid?: boolean
  dashed?: string
  dots?: string
}

export const GLYPH_PATHS: Record<GlyphShape, GlyphPath> = {
  'shield-check': { lines: 'm5.2 8 2 2 3.7-4.1', solid: true },
  'shield-equals': { lines: `${SHIELD_OPEN}M6 6.9h4M6 9.3h4` },
  'shield-cross': { lines: `${SHIELD_SPLIT}M6.1 6.1l3.8 3.8M9.9 6.1 6.1 9.9` },
  'diamond-key': {
    lines:
      'M8 1.4 14.6 8 8 14.6 1.4 8 8 1.4ZM6.4 6.6c0-1 .7-1.6 1.6-1.6s1.6.6 1.6 1.5c0 1.2-1.6 1.3-1.6 2.5',
    dots: 'M8 11.1v.01',
  },
  circle: { lines: 'M13 8A5 5 0 1 1 3 8a5 5 0 0 1 10 0Z' },
  'box-dots': {
    lines: '',
    dashed: 'M2.2 3.5h11.6v9H2.2z',
    dots: 'M5.2 8v.01M8 8v.01M10.8 8v.01',
  },
  ellipsis: { lines: '', dots: 'M4 8v.01M8 8v.01M12 8v.01' },
  'square-bang': { lines: 'M2.5 2.5h11v11h-11zM8 5.2v3.4', dots: 'M8 11v.01' },
}
