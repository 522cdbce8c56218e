/**
 * A backend without an engine, for tests and the development server. It answers as the real one
 * would over 40 million entries, in every state that the page has to show.
 */
import type {
  Backend,
  CaseForm,
  CiteRequest,
  CommandError,
  CopyRequest,
  ExportForm,
  GivenKind,
  ReportRequest,
  Row,
  SearchRequest,
  SearchState,
  Shown,
  Zone,
} from '../backend'
import { momentText } from '../../format/time'
import { breaksOf, chain, FINGERPRINT, KEY_ID, proof, report, signer } from './explain'
import { FakeGiven, PROFILE_TOML } from './given'
import { check, find, type Hits } from './hits'
import { complete } from './complete'
import { copied } from './copied'
import { facets, histogram } from './counts'
import { COLUMNS, FACET_FIELDS, RECENT, TIME_FIELDS } from './lists'
import { goTo, nextProblem } from './places'
import { CHOICES, FakeReport } from './report'
import { statusOf } from './status'
import { trailChain, trailReport } from './trail'
import { entryDetail } from './said'
import {
  broken,
  positionAt,
  saidAt,
  timeOf,
  uniform,
  verdictAt,
  type Said,
  type World,
} from './world'

export type Scene =
  | 'welcome'
  | 'opening'
  | 'ready'
  | 'intact'
  | 'untrusted'
  | 'unsealed'
  | 'trail'
  | 'empty'
  | 'partial'
  | 'changed'
  | 'cancelled'
  | 'failed'

export interface FakeOptions {
  scene?: Scene
  rows?: number
  /** Milliseconds since some moment; tests give their own clock. */
  now?: () => number
  /** How long opening takes. */
  openMs?: number
  /** How long each answer takes. */
  delayMs?: number
}

/** Marks the fake in a bundle; a test makes sure that the page's bundle is without it. */
export const FAKE_MARK = 'sealscope-fake-backend'

interface Running {
  request: SearchRequest
  hits: Hits
}

export class Fake implements Backend {
  readonly mark = FAKE_MARK
  private world: World | undefined
  private openedAt = 0
  private generation = 1
  private zone: Zone = 'utc'
  private trusted = true
  private stopped = false
  private failed = false
  private changed = false
  private frozen: number | undefined
  private forgotten = new Set<string>()
  private readonly gifts = new FakeGiven()
  private readonly desk = new FakeReport()
  private readonly searches = new Map<number, Running>()
  private nextSearch = 1
  private readonly now: () => number
  private readonly openMs: number
  private readonly rows: number

  constructor(private readonly options: FakeOptions = {}) {
    this.now = options.now ?? (() => performance.now())
    this.openMs = options.openMs ?? 12_000
    this.rows = options.rows ?? 40_000_000
    this.set(options.scene ?? 'ready')
  }

  private set(scene: Scene): void {
    this.openedAt = this.now() - (scene === 'opening' ? 0 : this.openMs + 1)
    if (scene === 'welcome') return
    if (scene === 'failed') this.failed = true
    else if (scene === 'intact') this.world = uniform('web-prod-march.sealog', this.rows, 'intact')
    else if (scene === 'unsealed') this.world = uniform('auth.log', this.rows, 'unsealed')
    else if (scene === 'trail')
      this.world = { ...uniform('bucket', this.rows, 'unproven'), trail: true }
    else if (scene === 'empty') this.world = uniform('new.sealog', 0, 'intact')
    else if (scene === 'untrusted') {
      this.world = uniform('web-prod-march.sealog', this.rows, 'unproven')
      this.trusted = false
    } else this.world = broken(this.rows)
    this.changed = scene === 'changed'
    this.stopped = scene === 'cancelled'
    if (scene === 'partial') this.frozen = 0.34
    if (scene === 'cancelled') this.frozen = 0.61
  }

  private async answer<T>(value: () => T): Promise<T> {
    const { delayMs } = this.options
    if (delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, delayMs))
    else await Promise.resolve()
    return structuredClone(value())
  }

  /** How far opening is, from 0 to 1. */
  private get share(): number {
    return this.frozen ?? Math.min(1, (this.now() - this.openedAt) / this.openMs)
  }

  private get ready(): World {
    if (!this.world)
      throw {
        code: 'no-archive',
        title: 'No archive is open',
        detail: '',
        hint: '',
      } satisfies CommandError
    return this.world
  }

  private begin(world: World): void {
    this.world = world
    this.failed = false
    this.stopped = false
    this.frozen = undefined
    this.generation += 1
    this.openedAt = this.now()
  }

  startup() {
    const recent = RECENT.filter((each) => !this.forgotten.has(each.token))
    return this.answer(() => ({
      recent,
      opening: this.world !== undefined,
      version: '0.1.0',
      zoneLocal: 'Europe/Vienna',
    }))
  }

  openDialog() {
    this.begin(broken(this.rows))
    return this.answer(() => true)
  }

  openFolderDialog() {
    return this.openDialog()
  }

  openRecent(token: string) {
    this.begin(
      token === 'a' ? uniform('web-prod-march.sealog', this.rows, 'intact') : broken(this.rows),
    )
    return this.answer(() => undefined)
  }

  forgetRecent(token: string) {
    this.forgotten.add(token)
    return this.answer(() => undefined)
  }

  closeArchives() {
    this.world = undefined
    this.failed = false
    this.generation += 1
    return this.answer(() => undefined)
  }

  cancel() {
    this.stopped = true
    this.frozen = this.share
    return this.answer(() => undefined)
  }

  recheck() {
    this.changed = false
    if (this.world) this.begin(this.world)
    return this.answer(() => undefined)
  }

  status() {
    const { world, share, generation, failed, stopped, changed, zoneNote } = this
    const held = this.frozen !== undefined
    return this.answer(() =>
      statusOf({ world, share, generation, failed, stopped, changed, held, zoneNote }),
    )
  }

  private get zoneNote(): string {
    return this.zone === 'utc' ? 'UTC' : this.zone === 'local' ? 'Local (Europe/Vienna)' : 'Source'
  }

  private get offset(): number {
    return this.zone === 'local' ? 3600 : 0
  }

  queryCheck(text: string) {
    return this.answer(() => check(text))
  }

  queryComplete(text: string, caretUtf16: number) {
    return this.answer(() => complete(text, caretUtf16, this.rows))
  }

  search(request: SearchRequest) {
    return this.answer((): SearchState => {
      const { world } = this
      const checked = check(request.text)
      if (checked.diagnostics.some((diagnostic) => diagnostic.error)) {
        return {
          searchId: null,
          generation: 0,
          count: 0,
          exact: true,
          searched: 0,
          total: 0,
          running: false,
          canonical: '',
          diagnostics: checked.diagnostics,
          etaText: '',
        }
      }
      const id = this.nextSearch++
      const rows = world ?? uniform('', 0, 'intact')
      const from = request.fromNs === undefined ? 0 : positionAt(rows, BigInt(request.fromNs))
      const to = request.toNs === undefined ? rows.rows : positionAt(rows, BigInt(request.toNs))
      this.searches.set(id, { request, hits: find(rows, request.text, from, to) })
      return this.stateOf(id)
    })
  }

  searchState(searchId: number) {
    return this.answer(() => this.stateOf(searchId))
  }

  private stateOf(searchId: number): SearchState {
    const { hits, request } = this.running(searchId)
    const total = this.world?.rows ?? 0
    const known = this.stopped ? total : Math.floor(total * this.share)
    const checked = check(request.text)
    return {
      searchId,
      generation: this.generation,
      count: hits.below(known),
      exact: known === total,
      searched: known,
      total,
      running: known < total,
      canonical: checked.canonical ?? '',
      diagnostics: checked.diagnostics,
      etaText: '',
    }
  }

  private running(searchId: number): Running {
    const found = this.searches.get(searchId)
    if (!found)
      throw {
        code: 'stale-search',
        title: 'This search is over',
        detail: '',
        hint: 'Search again.',
      } satisfies CommandError
    return found
  }

  relaxed(searchId: number) {
    const { pills } = check(this.running(searchId).request.text)
    return this.answer(() =>
      pills
        .map((pill) => ({
          without: (pill.negated ? 'NOT ' : '') + pill.text,
          text: pill.without,
          count: find(this.ready, pill.without, 0, this.ready.rows).count,
        }))
        .sort((a, b) => b.count - a.count),
    )
  }

  columns() {
    return this.answer(() => COLUMNS)
  }

  facetFields() {
    return this.answer(() => FACET_FIELDS)
  }

  timeFieldCandidates(_archive: number) {
    return this.answer(() => TIME_FIELDS)
  }

  fieldsAvailable() {
    return this.answer(() =>
      Object.keys(saidAt(0))
        .filter((key) => key.includes('.') || key === 'verb')
        .map((key) => ({ key, title: key, rows: this.rows })),
    )
  }

  private positionOf(searchId: number, ordinal: number): number {
    const { hits, request } = this.running(searchId)
    const down = request.sort.startsWith('-')
    return hits.position(down ? this.stateOf(searchId).count - 1 - ordinal : ordinal)
  }

  page(request: { searchId: number; first: number; count: number; columns: string[] }) {
    return this.answer(() => {
      const { count } = this.stateOf(request.searchId)
      const rows: Row[] = []
      const last = Math.min(count, request.first + request.count)
      for (let ordinal = request.first; ordinal < last; ordinal += 1) {
        rows.push(this.rowAt(ordinal, this.positionOf(request.searchId, ordinal), request.columns))
      }
      return { generation: this.generation, first: request.first, count, rows }
    })
  }

  private rowAt(ordinal: number, position: number, columns: string[]): Row {
    const world = this.ready
    const said = saidAt(position)
    const missing = world.missing.find((gap) => gap.before === position)
    const verdict =
      this.stopped && position > world.rows * (this.frozen ?? 1)
        ? 'unchecked'
        : verdictAt(world, position)
    const cells = columns.map((key): Shown => {
      const value = said[key as keyof Said]
      return value === undefined
        ? { runs: [] }
        : typeof value === 'string'
          ? { runs: [value] }
          : value
    })
    const undated = position % 2_352_941 === 9
    const timeNs = timeOf(world, position)
    const row: Row = {
      ordinal,
      archive: 0,
      position,
      verdict,
      severity: said.severity,
      timeText: undated ? '' : this.timeText(timeNs),
      cells,
    }
    if (!undated) row.timeNs = String(timeNs)
    if (missing)
      row.flags = {
        timeInferred: false,
        controls: false,
        bidi: false,
        invalidUtf8: false,
        unparsed: false,
        unreadable: false,
        joined: 0,
        missingBefore: missing.count,
      }
    return row
  }

  private timeText(ns: bigint): string {
    const text = momentText(ns, [{ fromNs: '0', seconds: this.offset }], 1000n)
    return text + (this.zone === 'source' ? ' +01:00' : '')
  }

  rowGaps(_searchId: number) {
    return this.answer(() =>
      this.ready.missing.map((gap) => ({
        beforeOrdinal: gap.before,
        missing: gap.count,
        archive: 0,
        position: gap.before,
      })),
    )
  }

  histogram(request: { searchId: number; fromNs?: string; toNs?: string; maxBuckets: number }) {
    return this.answer(() =>
      histogram(
        this.ready,
        this.running(request.searchId).hits,
        this.generation,
        request,
        this.offset,
      ),
    )
  }

  ordinalAtTime(searchId: number, ns: string) {
    return this.answer(() => {
      const ordinal = this.running(searchId).hits.below(positionAt(this.ready, BigInt(ns)))
      return ordinal < this.stateOf(searchId).count ? ordinal : null
    })
  }

  ordinalOf(searchId: number, at: { position: number }) {
    return this.answer(() => {
      const { hits, request } = this.running(searchId)
      if (!hits.has(at.position)) return null
      const below = hits.below(at.position)
      return request.sort.startsWith('-') ? hits.count - 1 - below : below
    })
  }

  goto(searchId: number, text: string) {
    return this.answer(() => goTo(this.ready, this.running(searchId).hits, text))
  }

  nextProblem(request: { searchId: number; position: number | null; backward: boolean }) {
    return this.answer(() => nextProblem(this.ready, this.running(request.searchId).hits, request))
  }

  facets(request: { searchId: number; fields: string[]; top: number; filter?: string }) {
    return this.answer(() =>
      facets(this.ready, this.running(request.searchId), request, this.share < 1 && !this.stopped),
    )
  }

  copyRows(request: CopyRequest) {
    return this.answer(() =>
      copied(request, (ordinal) =>
        this.rowAt(ordinal, this.positionOf(request.searchId, ordinal), request.columns),
      ),
    )
  }

  entry(request: { archive: number; position: number }) {
    return this.answer(() => entryDetail(this.ready, request.position, this.offset))
  }

  readBytes(request: { position: number; offset: number; len: number }) {
    return this.answer(() => {
      const total = 412 + (request.position % 7) * 100
      let hex = ''
      const text = `{"auditID":"${request.position}","verb":"get","user":{"username":"alice"}}`
      for (let at = request.offset; at < Math.min(total, request.offset + request.len); at += 1) {
        hex += (text.charCodeAt(at % text.length) & 255).toString(16).padStart(2, '0')
      }
      return { offset: request.offset, hex, total }
    })
  }

  proof(request: { position: number }) {
    return this.answer(() => proof(this.ready, request.position))
  }

  chainWindow(request: { position: number; around: number }) {
    const draw = this.world?.trail ? trailChain : chain
    return this.answer(() => draw(this.ready, request.position, request.around))
  }

  verification() {
    return this.answer(() => {
      const found = report(this.ready, this.trusted, this.share < 0.6)
      const { notes } = this.gifts
      const archives = found.archives.map((archive) =>
        this.ready.trail ? trailReport(archive, this.ready, notes) : { ...archive, notes },
      )
      return { ...found, archives }
    })
  }

  breaks(request: { first: number; count: number }) {
    return this.answer(() => {
      const all = breaksOf(this.ready)
      return {
        first: request.first,
        total: all.length,
        breaks: all.slice(request.first, request.first + request.count),
      }
    })
  }

  trustPreview(_request: { archive: number; keyId: string }) {
    const { name, origin, vkey, checkpoints } = signer(false)
    return this.answer(() => ({
      name,
      keyId: KEY_ID,
      fingerprint: (FINGERPRINT.match(/.{4}/g) ?? []).join(' '),
      origin,
      vkey,
      checkpoints,
      warning:
        'Whoever holds this key can make archives that will show as intact here. Get the fingerprint from its owner by another way than this archive.',
    }))
  }

  trustAdd(request: { typedFingerprint: string }) {
    const typed = request.typedFingerprint.toLowerCase().replace(/[^0-9a-f]/g, '')
    return this.answer(() => {
      if (typed.length < 32 || !FINGERPRINT.startsWith(typed)) {
        throw {
          code: 'fingerprint-differs',
          title: 'This is not the fingerprint of the key',
          detail: 'What you typed differs from the key that signed this archive.',
          hint: 'Ask its owner again; do not copy it from this window.',
        } satisfies CommandError
      }
      this.trusted = true
      this.begin(uniform(this.ready.name, this.rows, 'intact'))
    })
  }

  given = () => this.answer(() => this.gifts.items)

  giveFile(kind: GivenKind) {
    return this.answer(() => {
      this.gifts.takeFile(kind)
      return true
    })
  }

  giveText = (kind: GivenKind, text: string) =>
    this.answer(() => this.gifts.take(kind, `pasted ${kind}`, text))

  forgetGiven = (id: number) => this.answer(() => this.gifts.forget(id))

  useGiven() {
    const { name, trail } = this.ready
    const verdict = this.gifts.hasKey ? 'intact' : 'unproven'
    this.begin(trail ? { ...uniform(name, this.rows, verdict), trail } : this.ready)
    return this.answer(() => undefined)
  }

  chainProfile = () => this.answer(() => this.gifts.profile)

  profileFile = () => this.answer(() => PROFILE_TOML)

  useProfile(text: string) {
    return this.answer(() => {
      this.gifts.takeProfile(text)
      this.begin(this.ready)
    })
  }

  reportChoices = () => this.answer(() => CHOICES)
  caseView = () => this.answer(() => this.desk.view)
  caseWrite = (form: CaseForm) => this.answer(() => this.desk.write(form))
  caseNew = () => this.answer(() => this.desk.begin())
  caseOpen = () => this.answer(() => this.desk.begin())
  keepControls = (name: string) => this.answer(() => this.desk.keepControls(name))
  citedViews = (first: number, count: number) => this.answer(() => this.desk.cited(first, count))
  reportBegin = (request: ReportRequest) =>
    this.answer(() => this.desk.work(request, this.generation))
  reportState = () => this.answer(() => this.desk.now())
  reportCancel = () => this.answer(() => this.desk.cancel())
  reportPage = (page: number) => this.answer(() => this.desk.page(page))
  exportBegin = (_: number, form: ExportForm) => this.answer(() => this.desk.export(form))
  chooseSigningKey = () => this.answer(() => this.desk.chooseKey())
  forgetSigningKey = () => this.answer(() => this.desk.forgetKey())

  keepQuery = (text: string, fromNs: string | null, toNs: string | null) =>
    this.answer(() => this.desk.keepQuery(text, fromNs ?? '', toNs ?? ''))

  citeRows = (request: CiteRequest) =>
    this.answer(() => this.desk.cite(request, (at) => this.positionOf(request.searchId, at)))

  setZone(zone: Zone) {
    this.zone = zone
    return this.answer(() => undefined)
  }

  setTimeField = (_archive: number, _field: string) => this.answer(() => undefined)

  cacheInfo() {
    return this.answer(() => ({
      place: '~/.cache/sealscope',
      bytes: 6_200_000_000,
      capBytes: 21_474_836_480,
      archives: 3,
    }))
  }

  cacheClear = () => this.answer(() => undefined)
}
