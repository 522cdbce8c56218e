import { expect, it } from 'vitest'
import type { SearchState } from '../../backend/backend'
import { Fake } from '../../backend/fake/fake'
import { Search, withCondition } from './search.svelte'

it('a condition is added with AND, and what stands there is kept together', () => {
  expect(withCondition('', 'who:root', false)).toBe('who:root')
  expect(withCondition('*', 'who:root', true)).toBe('NOT who:root')
  expect(withCondition('did:get', 'who:root', false)).toBe('did:get AND who:root')
  expect(withCondition('a OR b', 'who:root', true)).toBe('(a OR b) AND NOT who:root')
})

it('a query with an error leaves the hits of the one before', async () => {
  const search = new Search(new Fake({ rows: 10_000 }))
  await search.start('severity:error')
  const { count, searchId } = search
  expect(count).toBeGreaterThan(0)
  await search.start('severity:error "open')
  expect(search.refused?.diagnostics[0]?.error).toBe(true)
  expect(search.searchId).toBe(searchId)
  expect(search.count).toBe(count)
  expect(search.text).toBe('severity:error')
})

it('an answer to an earlier query never replaces a later one', async () => {
  const search = new Search(new Fake({ rows: 10_000, delayMs: 1 }))
  const first = search.start('severity:error')
  const second = search.start('severity:info')
  await Promise.all([first, second])
  expect(search.text).toBe('severity:info')
})

it('an older state of the same query never replaces a newer one', async () => {
  const backend = new Fake({ rows: 10_000 })
  const search = new Search(backend)
  await search.start('severity:info')
  const whole = search.state
  if (whole === undefined) throw new Error('no search')
  const answers: ((state: SearchState) => void)[] = []
  backend.searchState = () => new Promise((resolve) => answers.push(resolve))
  search.refresh()
  search.refresh()
  answers[1]?.({ ...whole, exact: true, count: 7 })
  await Promise.resolve()
  answers[0]?.({ ...whole, exact: false, count: 3 })
  await new Promise((resolve) => setTimeout(resolve))
  expect(search.count).toBe(7)
  expect(search.exact).toBe(true)
})
