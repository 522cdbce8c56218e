import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte'
import axe from 'axe-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import App from '../src/app/App.svelte'
import { FINGERPRINT } from '../src/backend/fake/explain'
import { Fake, type FakeOptions } from '../src/backend/fake/fake'

const ROWS = 50_000

function show(options: FakeOptions): Fake {
  const backend = new Fake({ rows: ROWS, ...options })
  render(App, { backend })
  return backend
}

const here = (id: string): Promise<HTMLElement> => screen.findByTestId(id, {}, { timeout: 5000 })

/** Rules that need a laid-out page are left to the tests of the real window. */
async function violations(): Promise<string[]> {
  const found = await axe.run(document.body, {
    resultTypes: ['violations'],
    rules: {
      'color-contrast': { enabled: false },
      region: { enabled: false },
      'target-size': { enabled: false },
    },
  })
  return found.violations.map(
    (each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`,
  )
}

beforeEach(() => {
  localStorage.clear()
  history.replaceState(null, '', '#')
})

afterEach(cleanup)

describe('welcome', () => {
  it('lists what was opened before, with its dated verdict', async () => {
    show({ scene: 'welcome' })
    const list = await here('recent')
    expect(list.textContent).toContain('Broken at entry 1,204')
    expect(list.textContent).toContain('2026-03-12 17:40 UTC')
    expect(list.textContent).toContain('Not found')
  })

  it('forgets what is not there any more', async () => {
    show({ scene: 'welcome' })
    await here('recent')
    await fireEvent.click(screen.getByText('Remove from list'))
    await waitFor(() => expect(screen.getByTestId('recent').textContent).not.toContain('mail-2025'))
  })

  it('says what was expected and what was found when a file is no archive', async () => {
    show({ scene: 'failed' })
    const note = await here('error-note')
    expect(note.textContent).toContain('expected a log or a sealed archive, found JPEG')
  })

  it('has no accessibility violation', async () => {
    show({ scene: 'welcome' })
    await here('recent')
    expect(await violations()).toEqual([])
  })
})

describe('opening', () => {
  it('never says intact before the end', async () => {
    show({ scene: 'opening', now: () => 3_000, openMs: 12_000 })
    const at = { time: 0 }
    cleanup()
    const backend = new Fake({ scene: 'opening', rows: ROWS, now: () => at.time, openMs: 12_000 })
    at.time = 1_000
    render(App, { backend })
    const sheet = await here('opening')
    expect(sheet.textContent).toContain('No problem so far')
    expect(sheet.textContent).not.toMatch(/\bIntact\b/)
    expect(await violations()).toEqual([])
  })

  it('tells a break as soon as it is found', async () => {
    const at = { time: 0 }
    const backend = new Fake({ scene: 'opening', rows: ROWS, now: () => at.time, openMs: 12_000 })
    at.time = 4_000
    render(App, { backend })
    const sheet = await here('opening')
    expect(sheet.textContent).toContain('Entry 1,204 does not match its seal.')
    expect(sheet.textContent).toContain('still being checked')
  })

  it('asks before it stops, and rows not looked at stay unchecked', async () => {
    const at = { time: 0 }
    const backend = new Fake({ scene: 'opening', rows: ROWS, now: () => at.time, openMs: 12_000 })
    at.time = 1_000
    render(App, { backend })
    await fireEvent.click(await here('cancel'))
    await fireEvent.click(await here('stop'))
    await here('workspace')
    expect((await backend.status()).phase).toBe('cancelled')
  })
})

describe('workspace', () => {
  it('shows the verdict in the status bar and in the title', async () => {
    show({ scene: 'ready' })
    await waitFor(() =>
      expect(screen.getByTestId('status-verdict').textContent).toContain('Broken at entry 1,204'),
    )
    expect(document.title).toContain('Broken at entry 1,204')
  })

  it('has no accessibility violation', async () => {
    show({ scene: 'ready' })
    await here('facets')
    await waitFor(() => expect(screen.getByTestId('hit-count').textContent).toContain('50,000'))
    expect(await violations()).toEqual([])
  })

  it('of an archive without entries says so', async () => {
    show({ scene: 'empty' })
    expect((await here('no-hits')).textContent).toContain('Valid archive with 0 entries.')
  })

  it('says how much was searched while the index is not complete', async () => {
    show({ scene: 'partial' })
    expect((await here('partial')).textContent).toMatch(/Searched 17,000 of 50,000\s+\(34 %\)/)
  })

  it('says that a file changed while it was open', async () => {
    show({ scene: 'changed' })
    expect((await here('sources')).textContent).toContain('This file changed while it was open.')
  })

  it('names the condition that takes every hit away', async () => {
    history.replaceState(null, '', '#/workspace?q=severity%3Aerror%20AND%20who%3Anobody')
    show({ scene: 'ready' })
    const empty = await here('no-hits')
    await waitFor(() => expect(empty.textContent).toMatch(/Without\s+who:nobody: [1-9]/))
  })

  it('keeps unsealed apart from checked', async () => {
    show({ scene: 'unsealed' })
    await waitFor(() => expect(screen.getByTestId('status-verdict').dataset.word).toBe('unsealed'))
    expect(screen.getByTestId('status-verdict').textContent).toContain('has no seals')
  })
})

describe('report', () => {
  async function open(): Promise<Fake> {
    const backend = show({ scene: 'ready', openMs: 0 })
    await fireEvent.click(await here('rail-report'))
    await here('sections')
    return backend
  }

  it('takes the entry under the cursor, and gives it back', async () => {
    const backend = show({ scene: 'ready', openMs: 0 })
    await waitFor(() => expect(screen.getByTestId('hit-count').textContent).toContain('50,000'))
    await fireEvent.click(await here('cite'))
    await waitFor(() => expect(screen.getByTestId('toast').textContent).toContain('Added 1 entry'))
    await fireEvent.click(screen.getByTestId('cite'))
    await waitFor(() => expect(screen.getByTestId('toast').textContent).toContain('Nothing new'))
    await fireEvent.click(screen.getByTestId('keep-query'))
    await waitFor(() => expect(screen.getByTestId('toast').textContent).toContain('the search'))
    await fireEvent.click(screen.getByText('Undo'))
    await waitFor(async () => expect((await backend.caseView()).form.queries).toEqual([]))
    expect((await backend.caseView()).form.cited).toHaveLength(1)
  })

  it('locks what is required, and moves sections by keys', async () => {
    const backend = await open()
    expect(screen.queryByTestId('print-integrity')).toBeNull()
    expect(screen.getByTestId('section-integrity').textContent).toContain('required')
    await fireEvent.click(screen.getByTestId('print-people'))
    await fireEvent.keyDown(screen.getByTestId('section-scope'), { key: 'ArrowUp', altKey: true })
    await waitFor(async () => {
      const { sections } = (await backend.caseView()).form
      expect(sections.slice(0, 3)).toEqual([
        { id: 'identity', printed: true },
        { id: 'scope', printed: true },
        { id: 'people', printed: false },
      ])
    })
  })

  it.each(['people', 'queries', 'exhibits', 'redactions', 'declarations'])(
    'has no accessibility violation under %s',
    async (section) => {
      const backend = show({ scene: 'ready', openMs: 0 })
      await backend.citeRows({ searchId: 0, ranges: [], entries: [{ archive: 0, position: 7 }] })
      await fireEvent.click(await here('rail-report'))
      await fireEvent.click(await here(`section-${section}`))
      const add = document.querySelector('[data-testid^=add-]')
      if (add) await fireEvent.click(add)
      expect(await violations()).toEqual([])
    },
  )

  it('warns when hash and proof of redacted exhibits are put in', async () => {
    await open()
    await fireEvent.click(screen.getByTestId('section-redactions'))
    expect((await here('section-form')).textContent).toContain('withheld by default')
    expect(screen.queryByTestId('proves-warning')).toBeNull()
    await fireEvent.click(screen.getByTestId('proves-redacted'))
    expect((await here('proves-warning')).textContent).toContain('found by trying')
  })

  it('shows pages, warns of what lies in an unproven range, makes a report and checks it', async () => {
    const backend = show({ scene: 'ready', openMs: 0 })
    await waitFor(() => expect(screen.getByTestId('hit-count').textContent).toContain('50,000'))
    await fireEvent.click(await here('cite'))
    await fireEvent.click(screen.getByTestId('rail-report'))
    await waitFor(() => expect(screen.getByTestId('preview-page').textContent).toBe('Page 1 of 9'))
    expect((await here('report-warnings')).textContent).toContain('could not be proven')
    await fireEvent.click(screen.getByTestId('preview-next'))
    await waitFor(() =>
      expect(screen.getByTestId('preview-image').getAttribute('alt')).toContain('Page 2 of 9'),
    )
    await fireEvent.change(screen.getByTestId('report-form'), { target: { value: 'html' } })
    await fireEvent.click(screen.getByTestId('make-report'))
    expect((await here('made-path')).textContent).toBe('/reports/report.html')
    await fireEvent.click(screen.getByTestId('check-report'))
    const checked = await here('checked')
    expect(checked.dataset.answer).toBe('not-in-full')
    expect(checked.textContent).toContain('could not be checked')
    expect((await backend.reportState()).task).toBe('check')
  })
})

describe('export', () => {
  it('writes the hits in the chosen form and shows their digest', async () => {
    show({ scene: 'ready', openMs: 0 })
    await waitFor(() => expect(screen.getByTestId('hit-count').textContent).toContain('50,000'))
    await fireEvent.click(await here('export'))
    await fireEvent.click(await here('export-parquet'))
    expect(await violations()).toEqual([])
    expect(screen.queryByTestId('exported')).toBeNull()
    await fireEvent.click(screen.getByTestId('export-start'))
    expect((await here('exported')).textContent).toContain('/exports/hits.parquet')
    expect(screen.getByTestId('exported').textContent).toContain('12 without a time')
  })
})

describe('verification', () => {
  async function open(options: FakeOptions): Promise<Fake> {
    const backend = show(options)
    await fireEvent.click(await here('rail-verification'))
    await here('verdict-title')
    return backend
  }

  it('explains a break: what it can mean and what it does not tell', async () => {
    await open({ scene: 'ready' })
    const card = await here('break-card')
    expect(card.textContent).toContain('What this can mean')
    expect(card.textContent).toContain('Who changed it, or when.')
    await waitFor(() => expect(screen.getByTestId('chain').textContent).toContain('1,204'))
    expect(screen.getByTestId('chain').tagName).toBe('OL')
  })

  it('goes from problem to problem', async () => {
    await open({ scene: 'ready' })
    await here('break-card')
    await fireEvent.click(screen.getByLabelText('Next problem'))
    expect((await here('break-title')).textContent).toContain('12 entries missing')
    await waitFor(() => expect(screen.getByTestId('chain').textContent).toContain('12 missing'))
  })

  it('has no accessibility violation', async () => {
    await open({ scene: 'ready' })
    await here('checks')
    expect(await violations()).toEqual([])
  })

  it('trusts a key only against a fingerprint from elsewhere', async () => {
    const backend = await open({ scene: 'untrusted' })
    await fireEvent.click(await here('trust-key'))
    const typed = await here('trust-typed')
    const confirm = screen.getByTestId('trust-confirm')
    expect(confirm.getAttribute('aria-disabled')).toBe('true')
    await fireEvent.input(typed, { target: { value: 'ab'.repeat(16) } })
    await waitFor(() => expect(confirm.getAttribute('aria-disabled')).toBe('false'))
    const form = document.querySelector('#trust-form') as HTMLFormElement
    await fireEvent.submit(form)
    expect((await here('error-note')).textContent).toContain('not the fingerprint')
    expect(await violations()).toEqual([])
    await fireEvent.input(typed, { target: { value: FINGERPRINT.slice(0, 32).toUpperCase() } })
    await fireEvent.submit(form)
    await waitFor(async () => expect((await backend.status()).title).toContain('web-prod'))
    await waitFor(() => expect(screen.queryByTestId('trust-dialog')).toBeNull())
  })

  it('says what would prove more, and checks again with a key that is given', async () => {
    const backend = await open({ scene: 'trail', openMs: 0 })
    const card = await here('verdict-card')
    expect(card.textContent).toContain('give public-keys.json')
    expect((await here('recipe')).textContent).toContain('list-public-keys')
    expect(await violations()).toEqual([])
    await fireEvent.click(screen.getByTestId('card-given'))
    const use = await here('use-given')
    expect(use.textContent).toContain('Close')
    const pasted = screen.getByTestId('paste-key')
    await fireEvent.input(pasted, { target: { value: '-----BEGIN PRIVATE KEY-----' } })
    await fireEvent.click(screen.getByTestId('give-key-text'))
    expect((await here('error-note')).textContent).toContain('is a private key')
    await fireEvent.click(screen.getByTestId('give-key-file'))
    expect((await here('given-key-list')).textContent).toContain('public-keys.json')
    expect(await violations()).toEqual([])
    await waitFor(() => expect(use.textContent).toContain('Check again with these'))
    await fireEvent.click(use)
    await waitFor(() => expect(screen.queryByTestId('given-dialog')).toBeNull())
    await waitFor(async () => expect((await backend.status()).archives[0]?.verdict).toBe('intact'))
    expect((await here('notes')).textContent).toContain('this run only')
    expect(screen.queryByTestId('verdict-card')).toBeNull()
  })

  it('takes a timestamping authority, and a profile once it is one', async () => {
    const backend = await open({ scene: 'trail', openMs: 0 })
    await fireEvent.click(await here('status-given'))
    await fireEvent.click(await here('give-authority-file'))
    const listed = await here('given-authority-list')
    expect(listed.textContent).toContain('timestamping authority')
    expect(listed.textContent).toContain('SHA-256')
    const editor = await here('profile-input')
    const use = screen.getByTestId('use-profile')
    expect(use.getAttribute('aria-disabled')).toBe('true')
    await fireEvent.input(editor, { target: { value: 'nothing' } })
    await fireEvent.click(use)
    expect((await here('error-note')).textContent).toContain('no chain profile')
    expect(await violations()).toEqual([])
    await fireEvent.input(editor, { target: { value: 'hash = "sha512"' } })
    await waitFor(() => expect(use.getAttribute('aria-disabled')).toBe('false'))
    await fireEvent.click(use)
    await waitFor(() => expect(screen.queryByTestId('given-dialog')).toBeNull())
    expect((await backend.chainProfile()).given).toBe(true)
  })

  it('shows what is known from outside, each with what it is worth', async () => {
    await open({ scene: 'trail', openMs: 0 })
    const outside = await here('outside')
    expect(outside.textContent).toContain('Timestamp')
    expect(outside.textContent).toContain('not trusted')
    expect(outside.textContent).toContain('The first 2,048 entries have the root')
    expect(outside.textContent).not.toContain('Holds')
  })

  it('takes away what was given', async () => {
    await open({ scene: 'trail', openMs: 0 })
    await fireEvent.click(await here('status-given'))
    await fireEvent.click(await here('give-anchor-file'))
    await here('given-anchor-list')
    await fireEvent.click(screen.getByTestId('forget-given'))
    await waitFor(() => expect(screen.queryByTestId('given-anchor-list')).toBeNull())
  })

  it('explains observations and names the checks of the format', async () => {
    await open({ scene: 'trail', openMs: 0 })
    const observations = await here('observations')
    expect(observations.textContent).toContain('It does not tell')
    expect(screen.getByTestId('checks').textContent).toContain('Digest signatures')
  })
})
