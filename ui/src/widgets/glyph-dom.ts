/** Glyphs for places that build their elements by hand: made once, then copied. */
import type { GlyphShape } from '../format/verdict'
import { GLYPH_PATHS, SHIELD } from './glyph-paths'

const SVG = 'http://www.w3.org/2000/svg'
const made = new Map<GlyphShape, SVGElement>()

export function glyphElement(shape: GlyphShape): SVGElement {
  let glyph = made.get(shape)
  if (glyph === undefined) {
    glyph = build(shape)
    made.set(shape, glyph)
  }
  return glyph.cloneNode(true) as SVGElement
}

function build(shape: GlyphShape): SVGElement {
  const { lines, solid, dashed, dots } = GLYPH_PATHS[shape]
  const svg = element('svg', {
    width: '14',
    height: '14',
    viewBox: '0 0 16 16',
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': '1.5',
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    'aria-hidden': 'true',
  })
  if (solid) svg.append(element('path', { d: SHIELD, fill: 'currentColor', stroke: 'none' }))
  if (lines !== '')
    svg.append(element('path', { d: lines, ...(solid ? { class: 'glyph-cut' } : {}) }))
  if (dashed) svg.append(element('path', { d: dashed, 'stroke-dasharray': '2 2' }))
  if (dots) svg.append(element('path', { d: dots, 'stroke-width': '1.9' }))
  return svg
}

function element(name: string, attributes: Record<string, string>): SVGElement {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}
