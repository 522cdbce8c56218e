import { describe, expect, it, vi } from 'vitest'
import type { Page, PageRequest, Row } from '../../../backend/backend'
import { PAGE_ROWS, PAGES_MAX, RowCache, type CacheKey } from './row-cache'

const HITS = 100_000

interface Asked {
  request: PageRequest
  answer: (generation?: number) => void
  refuse: () => void
}

/** A backend that answers when told to. */
function held(): { asked: Asked[]; fetch: (request: PageRequest) => Promise<Page> } {
  const asked: Asked[] = []
  const fetch = (request: PageRequest): Promise<Page> =>
    new Promise((resolve, reject) => {
      const answer = (generation = 1): void => resolve(pageOf(request, generation))
      asked.push({ request, answer, refuse: () => reject(new Error('disk')) })
    })
  return { asked, fetch }
}

function pageOf(request: PageRequest, generation: number): Page {
  const count = Math.max(0, Math.min(request.count, HITS - request.first))
  const rows = Array.from({ length: count }, (_, n): Row => {
    const ordinal = request.first + n
    return {
      ordinal,
      archive: 0,
      position: ordinal,
      verdict: 'intact',
      timeText: `search ${request.searchId} generation ${generation}`,
      cells: [],
    }
  })
  return { generation, first: request.first, count: HITS, rows }
}

const key = (changes: Partial<CacheKey> = {}): CacheKey => ({
  searchId: 1,
  generation: 1,
  columns: ['message'],
  text: 'utc',
  ...changes,
})

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

function cacheOf() {
  const backend = held()
  const changed = vi.fn()
  const newer = vi.fn()
  const cache = new RowCache(backend.fetch, changed, newer)
  cache.use(key())
  return { cache, changed, newer, asked: backend.asked }
}

describe('rows of the table', () => {
  it('are handed out under their own ordinal', async () => {
    const { cache, asked } = cacheOf()
    cache.want(300, 340, 0, HITS)
    asked[0]?.answer()
    await settled()
    expect(cache.row(300)?.ordinal).toBe(300)
    expect(cache.row(255)).toBeUndefined()
  })

  it.each([
    ['another search', { searchId: 2 }],
    ['another generation', { generation: 2 }],
    ['another zone', { text: 'local' }],
    ['other columns', { columns: ['who'] }],
  ])('vanish at once with %s', async (_, change) => {
    const { cache, asked } = cacheOf()
    cache.want(0, 10, 0, HITS)
    asked[0]?.answer()
    await settled()
    expect(cache.row(3)).toBeDefined()
    cache.use(key(change))
    expect(cache.row(3)).toBeUndefined()
  })

  it('are dropped when they answer a question that is no longer asked', async () => {
    const { cache, asked } = cacheOf()
    cache.want(0, 10, 0, HITS)
    cache.use(key({ searchId: 2 }))
    asked[0]?.answer()
    await settled()
    expect(cache.row(3)).toBeUndefined()
  })

  it('of a newer generation wait until the table knows of it', async () => {
    const { cache, newer, asked } = cacheOf()
    cache.want(0, 10, 0, HITS)
    asked[0]?.answer(2)
    await settled()
    expect(cache.row(3)).toBeUndefined()
    expect(newer).toHaveBeenCalledOnce()
    cache.want(0, 10, 0, HITS)
    expect(asked).toHaveLength(1)
  })

  it('are not asked for again and again after a failure', async () => {
    const { cache, changed, asked } = cacheOf()
    cache.want(0, 10, 0, HITS)
    asked[0]?.refuse()
    await settled()
    expect(cache.failure).toBeInstanceOf(Error)
    cache.want(0, 10, 0, HITS)
    expect(asked).toHaveLength(1)
    cache.retry()
    cache.want(0, 10, 0, HITS)
    expect(asked).toHaveLength(2)
    expect(changed).toHaveBeenCalled()
  })

  it('take no more memory than the limit', async () => {
    const { cache, asked } = cacheOf()
    for (let page = 0; page < PAGES_MAX + 10; page += 1) {
      cache.want(page * PAGE_ROWS, page * PAGE_ROWS + 1, 0, HITS)
      asked.at(-1)?.answer()
      await settled()
    }
    expect(cache.row(0)).toBeUndefined()
    expect(cache.row((PAGES_MAX + 9) * PAGE_ROWS)).toBeDefined()
  })

  it('of a page that grew are read again', async () => {
    const { cache, asked } = cacheOf()
    cache.want(0, 10, 0, 10)
    asked[0]?.answer()
    await settled()
    cache.want(0, 10, 0, 10)
    expect(asked).toHaveLength(1)
  })

  it('ahead of the direction of travel are asked for after those in view', () => {
    const { cache, asked } = cacheOf()
    cache.want(1000, 1010, 2, HITS)
    expect(asked.map(({ request }) => request.first / PAGE_ROWS)).toEqual([3, 4, 5])
  })
})
