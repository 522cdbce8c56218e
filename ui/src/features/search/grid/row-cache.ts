/**
 * Pages of rows, fetched when they are looked at.
 *
 * Invariants: 1. A row is handed out only under the key it was fetched for: another search,
 * generation, zone or set of columns empties the cache, and answers still under way are dropped.
 * 2. A row is only ever handed out under its own ordinal. 3. At most `PAGES_MAX` pages are kept.
 */
import type { Page, PageRequest, Row } from '../../../backend/backend'

export const PAGE_ROWS = 256
export const PAGES_MAX = 64
/** Requests under way at a time; more would only queue up behind a thumb drag. */
const UNDER_WAY_MAX = 3

export interface CacheKey {
  searchId: number
  generation: number
  columns: readonly string[]
  /** Whatever else changes the text of a row: the zone. */
  text: string
}

interface KeptPage {
  rows: readonly Row[]
  /** Hits known when it was asked for; a short page is asked for again only when there are more. */
  hits: number
}

export type FetchPage = (request: PageRequest) => Promise<Page>

export class RowCache {
  /** The last failure; nothing is fetched again before `retry`. */
  failure: unknown = undefined
  /** Grows whenever everything known was dropped. */
  epoch = 0
  /** An answer was newer than the key: wait for the new key instead of asking again. */
  private outdated = false
  private key: CacheKey | undefined
  private readonly pages = new Map<number, KeptPage>()
  private readonly underWay = new Set<number>()
  private wanted: number[] = []
  private hits = 0

  constructor(
    private readonly fetchPage: FetchPage,
    private readonly changed: () => void,
    private readonly newerSeen: () => void = () => {},
  ) {}

  /** Chooses what rows are of; a different key empties the cache. */
  use(key: CacheKey): void {
    if (this.key !== undefined && sameKey(this.key, key)) return
    this.key = key
    this.clear()
  }

  clear(): void {
    this.epoch += 1
    this.pages.clear()
    this.underWay.clear()
    this.wanted = []
    this.failure = undefined
    this.outdated = false
  }

  retry(): void {
    this.clear()
    this.changed()
  }

  /** The row with an ordinal; undefined while it is not here. */
  row(ordinal: number): Row | undefined {
    const number = Math.floor(ordinal / PAGE_ROWS)
    const page = this.pages.get(number)
    if (page === undefined) return undefined
    // Latest used stands last.
    this.pages.delete(number)
    this.pages.set(number, page)
    const row = page.rows[ordinal - number * PAGE_ROWS]
    return row !== undefined && row.ordinal === ordinal ? row : undefined
  }

  /** Asks for the rows `from..to` and, after them, `ahead` pages in the direction of travel. */
  want(from: number, to: number, ahead: number, hits: number): void {
    if (hits <= 0 || this.failure !== undefined || this.outdated) return
    const last = Math.floor((hits - 1) / PAGE_ROWS)
    const first = Math.floor(Math.max(0, from) / PAGE_ROWS)
    const final = Math.min(last, Math.floor(Math.max(0, to - 1) / PAGE_ROWS))
    const numbers: number[] = []
    for (let number = first; number <= final; number += 1) numbers.push(number)
    const step = ahead < 0 ? -1 : 1
    for (let n = 1; n <= Math.abs(ahead); n += 1) {
      const number = (ahead < 0 ? first : final) + step * n
      if (number >= 0 && number <= last) numbers.push(number)
    }
    this.hits = hits
    this.wanted = numbers.filter((number) => this.needs(number))
    this.pump()
  }

  private needs(number: number): boolean {
    const page = this.pages.get(number)
    if (page === undefined) return true
    const full = Math.min(PAGE_ROWS, this.hits - number * PAGE_ROWS)
    return page.rows.length < full && page.hits < this.hits
  }

  private pump(): void {
    while (this.underWay.size < UNDER_WAY_MAX) {
      const number = this.wanted.shift()
      if (number === undefined) return
      if (!this.underWay.has(number)) void this.fetch(number)
    }
  }

  private async fetch(number: number): Promise<void> {
    const { key, epoch, hits } = this
    if (key === undefined) return
    this.underWay.add(number)
    const first = number * PAGE_ROWS
    try {
      const page = await this.fetchPage({
        searchId: key.searchId,
        first,
        count: PAGE_ROWS,
        columns: [...key.columns],
      })
      if (epoch !== this.epoch) return
      if (page.generation !== key.generation) {
        this.outdated = true
        this.newerSeen()
      } else if (page.first === first) {
        this.keep(number, { rows: page.rows, hits })
      }
    } catch (cause) {
      if (epoch !== this.epoch) return
      this.failure = cause
    }
    this.underWay.delete(number)
    this.changed()
    this.pump()
  }

  private keep(number: number, page: KeptPage): void {
    this.pages.delete(number)
    this.pages.set(number, page)
    for (const oldest of this.pages.keys()) {
      if (this.pages.size <= PAGES_MAX) break
      this.pages.delete(oldest)
    }
  }
}

function sameKey(a: CacheKey, b: CacheKey): boolean {
  return (
    a.searchId === b.searchId &&
    a.generation === b.generation &&
    a.text === b.text &&
    a.columns.length === b.columns.length &&
    a.columns.every((column, index) => column === b.columns[index])
  )
}
