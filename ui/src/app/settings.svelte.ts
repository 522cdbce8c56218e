/** What the examiner likes: kept in the web view's own storage, never beside the evidence. */
import type { Zone } from '../backend/backend'
import { TIME_PRECISIONS, type TimePrecision } from '../format/time-precision'

export type Theme = 'system' | 'dark' | 'light'
export type Density = 'compact' | 'default' | 'comfortable'

export const ROW_PX: Record<Density, number> = { compact: 22, default: 26, comfortable: 32 }

const KEY = 'sealscope.settings'

export class Settings {
  theme = $state<Theme>('system')
  density = $state<Density>('default')
  zone = $state<Zone>('utc')
  precision = $state<TimePrecision>('µs')
  /** Column layouts by schema, as stored; checked where they are used. */
  columns = $state.raw<Record<string, unknown>>({})

  constructor() {
    const stored = read()
    this.theme = oneOf(stored.theme, ['system', 'dark', 'light'], 'system')
    this.density = oneOf(stored.density, ['compact', 'default', 'comfortable'], 'default')
    this.zone = oneOf(stored.zone, ['utc', 'local', 'source'], 'utc')
    this.precision = oneOf(stored.precision, TIME_PRECISIONS, 'µs')
    if (typeof stored.columns === 'object' && stored.columns !== null) {
      this.columns = stored.columns as Record<string, unknown>
    }
  }

  save(): void {
    const { theme, density, zone, precision, columns } = this
    try {
      localStorage.setItem(KEY, JSON.stringify({ theme, density, zone, precision, columns }))
    } catch {
      // Storage can be switched off; settings then last as long as the window.
    }
  }
}

function read(): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], otherwise: T): T {
  return allowed.find((each) => each === value) ?? otherwise
}

/** Puts the theme on the page and follows the system's while it is "system". */
export function applyTheme(theme: Theme): void {
  const contrast = matchMedia('(prefers-contrast: more)').matches ? 'hc-' : ''
  const dark =
    theme === 'system' ? !matchMedia('(prefers-color-scheme: light)').matches : theme === 'dark'
  document.documentElement.dataset.theme = `${contrast}${dark ? 'dark' : 'light'}`
}
