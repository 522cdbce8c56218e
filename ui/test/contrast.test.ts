import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const css = readFileSync(resolve(import.meta.dirname, '../src/styles/tokens.css'), 'utf8')

/** Colours of a theme, by token. */
function themeOf(name: string): Record<string, string> {
  const block = new RegExp(`\\[data-theme='${name}'\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? ''
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1], match[2]]),
  )
}

/** Relative luminance (WCAG 2.2). */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0)
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05)
}

const TEXT = [
  'text',
  'text-2',
  'text-3',
  'accent',
  'intact',
  'broken',
  'consistent',
  'unsealed',
  'unproven',
  'checking',
  'sev-critical',
  'sev-error',
  'sev-warning',
  'sev-info',
  'sev-debug',
]
const GROUNDS = ['bg0', 'bg1', 'bg2', 'bg3']

describe.each([
  ['dark', 4.5],
  ['light', 4.5],
  ['hc-dark', 7],
  ['hc-light', 7],
] as const)('theme %s', (name, least) => {
  const theme = themeOf(name)

  it('has every colour', () => {
    for (const token of [
      ...TEXT,
      ...GROUNDS,
      'line',
      'line-strong',
      'selection',
      'focus',
      'on-accent',
    ]) {
      expect(theme[token], token).toMatch(/^#/)
    }
  })

  it.each(TEXT)(`%s is read on every ground, at ${least}:1 or better`, (token) => {
    for (const ground of GROUNDS) {
      expect(contrast(theme[token] ?? '', theme[ground] ?? ''), ground).toBeGreaterThanOrEqual(
        least,
      )
    }
  })

  it('text is read on a selection, and on the accent', () => {
    expect(contrast(theme.text ?? '', theme.selection ?? '')).toBeGreaterThanOrEqual(least)
    expect(contrast(theme['text-2'] ?? '', theme.selection ?? '')).toBeGreaterThanOrEqual(4.5)
    expect(contrast(theme['on-accent'] ?? '', theme.accent ?? '')).toBeGreaterThanOrEqual(least)
  })

  it('controls and focus are seen on every ground, at 3:1 or better', () => {
    for (const ground of GROUNDS.slice(0, 3)) {
      expect(
        contrast(theme['line-strong'] ?? '', theme[ground] ?? ''),
        ground,
      ).toBeGreaterThanOrEqual(3)
    }
    for (const ground of [...GROUNDS, 'selection']) {
      expect(contrast(theme.focus ?? '', theme[ground] ?? ''), ground).toBeGreaterThanOrEqual(3)
    }
  })
})

it('verdicts on a selection are still read', () => {
  for (const name of ['dark', 'light']) {
    const theme = themeOf(name)
    for (const token of ['intact', 'broken', 'consistent', 'unsealed', 'unproven', 'checking']) {
      expect(
        contrast(theme[token] ?? '', theme.selection ?? ''),
        `${name} ${token}`,
      ).toBeGreaterThanOrEqual(4.5)
    }
  }
})
