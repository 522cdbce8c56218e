import { afterEach, describe, expect, it, vi } from 'vitest'
import { Fake } from '../../backend/fake/fake'
import { ReportCase } from './case.svelte'

afterEach(() => vi.useRealTimers())

async function opened() {
  const backend = new Fake({ rows: 1000 })
  const store = new ReportCase(backend)
  await store.load()
  return { backend, store }
}

const entries = (...positions: number[]) => ({
  searchId: 0,
  ranges: [],
  entries: positions.map((position) => ({ archive: 0, position })),
})

describe('the case of a report', () => {
  it('is written a moment after the last change, with all of them', async () => {
    vi.useFakeTimers()
    const { backend, store } = await opened()
    const write = vi.spyOn(backend, 'caseWrite')
    const { identity } = store.form!
    store.set(identity, 'title', 'a')
    store.set(identity, 'title', 'ab')
    expect(store.dirty).toBe(true)
    await vi.advanceTimersByTimeAsync(1000)
    expect(write).toHaveBeenCalledTimes(1)
    expect(write.mock.calls[0]?.[0].identity.title).toBe('ab')
    expect(store.dirty).toBe(false)
    expect(store.revision).toBe(1)
  })

  it('keeps what was written while it was being written', async () => {
    const { backend, store } = await opened()
    const { identity } = store.form!
    store.set(identity, 'title', 'a')
    const kept = store.keep()
    store.set(identity, 'title', 'b')
    await kept
    expect(store.form?.identity.title).toBe('b')
    await store.keep()
    expect((await backend.caseView()).form.identity.title).toBe('b')
  })

  it('writes what is in the fields before it adds entries', async () => {
    const { store } = await opened()
    store.set(store.form!.identity, 'title', 'mine')
    const added = await store.cite(entries(3, 4))
    expect(added?.added).toBe(2)
    expect(store.form?.identity.title).toBe('mine')
    expect((await store.cite(entries(4, 5)))?.already).toBe(1)
  })

  it('takes back what was added and nothing else', async () => {
    const { backend, store } = await opened()
    await store.cite(entries(1))
    const added = await store.cite(entries(2, 3))
    await store.cite(entries(9))
    await added?.undo()
    const positions = (await backend.caseView()).form.cited.map((cited) => cited.position)
    expect(positions).toEqual([1, 9])
  })

  it('takes back a search', async () => {
    const { backend, store } = await opened()
    await store.keepQuery('did:delete')
    const second = await store.keepQuery('who:anna', '1', '2')
    await second?.undo()
    const texts = (await backend.caseView()).form.queries.map((query) => query.text)
    expect(texts).toEqual(['did:delete'])
  })

  it('says why it could not be written, and does not lose what was written', async () => {
    const { backend, store } = await opened()
    const full = { code: 'case-io', title: 'The disk is full', detail: '', hint: '' }
    vi.spyOn(backend, 'caseWrite').mockRejectedValueOnce(full)
    store.set(store.form!.identity, 'title', 'a')
    expect(await store.keep()).toBe(false)
    expect(store.failure?.code).toBe('case-io')
    expect(store.dirty).toBe(true)
    expect(await store.keep()).toBe(true)
    expect((await backend.caseView()).form.identity.title).toBe('a')
  })
})
