/** What is looked at, as an address: for back and forward, and to be written down. */
import type { Sort } from '../backend/backend'

export type Screen = 'workspace' | 'verification' | 'report'

const SCREENS: readonly Screen[] = ['workspace', 'verification', 'report']

export interface ViewState {
  screen: Screen
  query: string
  sort: Sort
  /** Nanoseconds, half-open. */
  range: { fromNs: string; toNs: string } | undefined
}

const SORTS: readonly Sort[] = ['position', '-position', 'time', '-time']

export function toHash(view: ViewState): string {
  const query = new URLSearchParams()
  if (view.query !== '') query.set('q', view.query)
  if (view.sort !== 'position') query.set('sort', view.sort)
  if (view.range) query.set('range', `${view.range.fromNs}..${view.range.toNs}`)
  const text = query.toString()
  return `#/${view.screen}${text === '' ? '' : `?${text}`}`
}

/** Reads an address; what is unknown or wrong in it is left out. */
export function fromHash(hash: string): ViewState {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s)
  const asked = new URLSearchParams(query)
  const range = /^(-?\d{1,20})\.\.(-?\d{1,20})$/.exec(asked.get('range') ?? '')
  return {
    screen: SCREENS.find((screen) => screen === path) ?? 'workspace',
    query: (asked.get('q') ?? '').slice(0, 10_000),
    sort: SORTS.find((sort) => sort === asked.get('sort')) ?? 'position',
    range: range?.[1] && range[2] ? { fromNs: range[1], toNs: range[2] } : undefined,
  }
}
