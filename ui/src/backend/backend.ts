/**
 * What the page may ask of the engine. Two answer: `tauri.ts` in the window, `fake.ts` in tests
 * and on the development server.
 */
import type * as wire from './bindings/wire'

export type * from './bindings/wire'

/** A command fails with this and nothing else; `asCommandError` makes sure of it. */
export type CommandError = wire.CommandError

export interface Backend {
  startup(): Promise<wire.Startup>
  /** Opens the system's dialog for files; false when it was cancelled. */
  openDialog(): Promise<boolean>
  /** The same for a folder. */
  openFolderDialog(): Promise<boolean>
  openRecent(token: string): Promise<void>
  forgetRecent(token: string): Promise<void>
  closeArchives(): Promise<void>
  status(): Promise<wire.Status>
  cancel(): Promise<void>
  recheck(): Promise<void>

  queryCheck(text: string): Promise<wire.QueryCheck>
  queryComplete(text: string, caretUtf16: number): Promise<wire.Completion>
  search(request: wire.SearchRequest): Promise<wire.SearchState>
  searchState(searchId: number): Promise<wire.SearchState>
  /** For a query without hits: what each pill takes away, most hits first. */
  relaxed(searchId: number): Promise<wire.RelaxedQuery[]>

  columns(): Promise<wire.Column[]>
  fieldsAvailable(): Promise<wire.FieldInfo[]>
  page(request: wire.PageRequest): Promise<wire.Page>
  /** Missing entries between the rows of an unfiltered search in stored order, at most 1,000. */
  rowGaps(searchId: number): Promise<wire.RowGap[]>
  histogram(request: wire.HistogramRequest): Promise<wire.Histogram>
  /** The first hit at or after a moment; null where there is none. */
  ordinalAtTime(searchId: number, ns: string): Promise<number | null>
  /** A position, `#1204`, an RFC 3339 time, `-15m`, or the first digits of a leaf hash. */
  goto(searchId: number, text: string): Promise<wire.GotoAnswer>
  /** Where an entry stands among the hits; null where the query leaves it out. */
  ordinalOf(searchId: number, at: wire.EntryAt): Promise<number | null>
  nextProblem(request: wire.ProblemRequest): Promise<wire.ProblemPlace | null>
  facetFields(): Promise<wire.FacetField[]>
  facets(request: wire.FacetRequest): Promise<wire.Facet[]>
  copyRows(request: wire.CopyRequest): Promise<wire.Copied>

  entry(request: wire.EntryAt): Promise<wire.EntryDetail>
  readBytes(request: wire.BytesRequest): Promise<wire.RawBytes>
  proof(request: wire.ProofRequest): Promise<wire.ProofView>
  chainWindow(request: wire.ChainRequest): Promise<wire.ChainNode[]>

  verification(): Promise<wire.VerificationReport>
  breaks(request: wire.BreakRequest): Promise<wire.BreakPage>
  trustPreview(request: wire.TrustPreviewRequest): Promise<wire.TrustPreview>
  /** Trusts the key and begins a new check. */
  trustAdd(request: wire.TrustAddRequest): Promise<void>
  /** Keys and anchors given for this run: names, never what they hold. */
  given(): Promise<wire.GivenView[]>
  /** Opens the system's dialog for a file; false when it was cancelled. */
  giveFile(kind: wire.GivenKind): Promise<boolean>
  giveText(kind: wire.GivenKind, text: string): Promise<void>
  forgetGiven(id: number): Promise<void>
  /** Checks what is open with what is given now. */
  useGiven(): Promise<void>
  /** How the digests of the chained log that is open are made. */
  chainProfile(): Promise<wire.ChainProfileView>
  /** Opens the system's dialog for a profile and gives back its text; null when cancelled. */
  profileFile(): Promise<string | null>
  /** Opens the same archives anew under this profile; an empty text: under what is found. */
  useProfile(text: string): Promise<void>

  /** What a report can be made of. */
  reportChoices(): Promise<wire.ReportChoices>
  /** What the examiner wrote; the shell keeps it in the examiner's own folder. */
  caseView(): Promise<wire.CaseView>
  caseWrite(form: wire.CaseForm): Promise<wire.CaseView>
  caseNew(): Promise<wire.CaseView>
  /** Opens the system's dialog for a case; null when it was cancelled. */
  caseOpen(): Promise<wire.CaseView | null>
  /** Keeps a search as a query of the report. */
  keepQuery(text: string, fromNs: string | null, toNs: string | null): Promise<wire.CaseView>
  /** Adds the prepared questions of a control. */
  keepControls(name: string): Promise<wire.CaseView>
  citeRows(request: wire.CiteRequest): Promise<wire.CiteAnswer>
  /** Cited entries as they are now, at most 200. */
  citedViews(first: number, count: number): Promise<wire.CitedView[]>
  /** Begins a task; false when a dialog was cancelled. */
  reportBegin(request: wire.ReportRequest): Promise<boolean>
  reportState(): Promise<wire.ReportState>
  reportCancel(): Promise<void>
  /** A page of the newest preview as PNG, counted from 0. */
  reportPage(page: number, pixelsPerPoint: number): Promise<ArrayBuffer>
  /** Exports the hits of a search as data; false when the dialog was cancelled. */
  exportBegin(searchId: number, form: wire.ExportForm): Promise<boolean>
  /** Opens the system's dialog for a private key; null while there is none. */
  chooseSigningKey(): Promise<wire.SigningKey | null>
  forgetSigningKey(): Promise<void>

  /** Chooses the zone of every time text from now on. */
  setZone(zone: wire.Zone): Promise<void>
  timeFieldCandidates(archive: number): Promise<wire.TimeFieldCandidate[]>
  setTimeField(archive: number, field: string): Promise<void>
  cacheInfo(): Promise<wire.CacheInfo>
  cacheClear(): Promise<void>
}

/** Makes one form of whatever a command failed with. */
export function asCommandError(cause: unknown): CommandError {
  if (typeof cause === 'object' && cause !== null && 'code' in cause && 'title' in cause) {
    return cause as CommandError
  }
  const detail = cause instanceof Error ? cause.message : String(cause)
  return { code: 'internal', title: 'Something unexpected happened', detail, hint: '' }
}
