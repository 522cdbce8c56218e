/** The report builder of the fake: it keeps a case in memory and makes reports of nothing. */
import type {
  CaseForm,
  CaseView,
  CiteAnswer,
  CitedForm,
  CitedView,
  CiteRequest,
  CommandError,
  EntryAt,
  ExportForm,
  ReportChoices,
  ReportRequest,
  ReportState,
  SigningKey,
} from '../backend'

export const CHOICES: ReportChoices = {
  sections: [
    { id: 'identity', heading: 'Report and case', required: true },
    { id: 'people', heading: 'People', required: false },
    { id: 'scope', heading: 'Instruction and scope', required: false },
    { id: 'items', heading: 'Items examined', required: true },
    { id: 'custody', heading: 'Chain of custody', required: false },
    { id: 'integrity', heading: 'Result of the verification', required: true },
    { id: 'findings', heading: 'Findings', required: false },
    { id: 'queries', heading: 'Queries', required: true },
    { id: 'exhibits', heading: 'Exhibits', required: true },
    { id: 'redactions', heading: 'Redactions', required: true },
    { id: 'method', heading: 'Method', required: true },
    { id: 'time', heading: 'Times', required: true },
    { id: 'limits', heading: 'Limits', required: true },
    { id: 'declarations', heading: 'Declarations', required: false },
  ],
  templates: [
    { template: 'verification', title: 'Verification report', leavesOut: ['findings'] },
    { template: 'investigation', title: 'Investigation report', leavesOut: [] },
    { template: 'control-audit', title: 'Control audit report', leavesOut: [] },
  ],
  declarations: [
    {
      name: 'plain',
      title: 'Declaration of the examiner',
      basis: 'A plain statement without reference to a law.',
      text: 'I, {name}, {position}, made this report with {tool}.',
    },
  ],
  controls: [
    {
      name: 'pci-dss-10',
      title: 'PCI DSS v4, requirement 10',
      basis: 'Questions to start from, in our own words.',
      questions: 7,
    },
  ],
  forms: ['pdf', 'html', 'bag', 'zip', 'json'],
  signs: true,
  exhibitsMax: 20_000,
}

const emptyForm = (): CaseForm => ({
  template: 'investigation',
  identity: {
    title: '',
    caseNumber: '',
    version: 0,
    supersedes: '',
    organisation: '',
    address: '',
    customer: '',
    classification: '',
  },
  people: [],
  scope: {
    question: '',
    authority: '',
    periodFrom: '',
    periodTo: '',
    inScope: '',
    outOfScope: '',
  },
  deposits: [
    {
      path: '/evidence/vpn-gw-q1.sealog',
      sha256: 'ab'.repeat(32),
      source: '',
      collector: '',
      receivedFrom: '',
      receivedAt: '',
      condition: '',
      medium: '',
      keyObtained: '',
    },
  ],
  custody: [],
  queries: [],
  cited: [],
  findings: [],
  limits: [],
  validation: '',
  deviations: '',
  clocks: '',
  redact: [],
  declarations: [],
  signatory: { name: '', position: '', place: '' },
  sections: CHOICES.sections.map(({ id }) => ({ id, printed: true })),
  zone: 'UTC',
  precision: 'as-written',
  provesRedacted: false,
  printedExhibitsMax: 1000,
})

/** The smallest PNG there is. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII='

export class FakeReport {
  private form = emptyForm()
  private revision = 0
  private id = 1
  private number = 0
  private state: ReportState = {
    task: null,
    phase: 'idle',
    done: 0,
    total: 0,
    error: null,
    preview: null,
    made: null,
    checked: null,
    exported: null,
  }

  get view(): CaseView {
    const items = [{ label: 'A', name: 'vpn-gw-q1.sealog', sha256: 'ab'.repeat(32), deposit: 0 }]
    const path = `~/.local/share/sealscope/cases/${this.id}.sealcase`
    return { id: String(this.id), path, revision: this.revision, form: this.form, items }
  }

  write(form: CaseForm): CaseView {
    this.form = form
    this.revision += 1
    return this.view
  }

  begin(): CaseView {
    this.id += 1
    this.form = emptyForm()
    this.revision = 0
    return this.view
  }

  keepQuery(text: string, from: string, to: string): CaseView {
    const query = {
      title: '',
      control: '',
      text: text || '*',
      from,
      to,
      answer: '',
      exhibitsMax: 0,
    }
    return this.write({ ...this.form, queries: [...this.form.queries, query] })
  }

  keepControls(name: string): CaseView {
    const control = CHOICES.controls.find((each) => each.name === name)
    for (let at = 0; at < (control?.questions ?? 0); at += 1)
      this.keepQuery(`question:${at}`, '', '')
    return this.view
  }

  cite(request: CiteRequest, positionAt: (ordinal: number) => number): CiteAnswer {
    const entries: EntryAt[] = [...request.entries]
    for (const [from, to] of request.ranges)
      for (let at = from; at < to; at += 1) entries.push({ archive: 0, position: positionAt(at) })
    const known = new Set(this.form.cited.map((cited) => cited.position))
    const added = entries
      .filter((at) => !known.has(at.position))
      .map((at): CitedForm => ({
        archive: 'ab'.repeat(32),
        path: '/evidence/vpn-gw-q1.sealog',
        position: at.position,
        record: at.record ?? 0,
        leaf: at.position.toString(16).padStart(64, '0'),
        note: '',
      }))
    const view = this.write({ ...this.form, cited: [...this.form.cited, ...added] })
    return { added: added.length, already: entries.length - added.length, view }
  }

  cited(first: number, count: number): CitedView[] {
    return this.form.cited.slice(first, first + count).map((cited) => ({
      there: true,
      label: 'A',
      verdict: 'intact' as const,
      timeText: '2026-03-14 09:12:07.104',
      message: { runs: [`said at ${cited.position} `, { chip: 'U+202E', says: 'override' }] },
    }))
  }

  work(request: ReportRequest, generation: number): boolean {
    this.number += 1
    const unproven = this.form.cited.length
    const warnings =
      unproven > 0
        ? [`${unproven} of ${unproven} exhibits: in a range that could not be proven (Unproven).`]
        : []
    this.state = { ...this.state, task: request.task, phase: 'done', error: null }
    if (request.task === 'preview')
      this.state.preview = {
        number: this.number,
        generation,
        revision: this.revision,
        pages: 9,
        noPages: '',
        warnings,
        exhibits: unproven,
        tookMs: 20,
      }
    else if (request.task === 'make') {
      this.state.checked = null
      this.state.made = {
        path: `/reports/report.${request.form}`,
        form: request.form,
        bytes: 123_456,
        sha256: 'cd'.repeat(32),
        sha256Of: 'the file',
        contentSha256: 'ef'.repeat(32),
        signature: '',
        warnings,
      }
    } else
      this.state.checked = {
        path: this.state.made?.path ?? '/reports/other.pdf',
        answer: 'not-in-full',
        title: 'Nothing was found wrong, but this report could not be checked in full.',
        lines: [
          {
            what: { runs: ['Signature of the examiner'] },
            word: 'not-checkable',
            says: { runs: ['Nobody signed it.'] },
          },
        ],
      }
    return true
  }

  export(form: ExportForm): boolean {
    const path = `/exports/hits.${form}`
    const exported = { path, rows: 50_000, bytes: 1_000_000, sha256: '12'.repeat(32), undated: 12 }
    this.state = { ...this.state, task: 'export', phase: 'done', exported }
    return true
  }

  now(): ReportState {
    return this.state
  }

  cancel(): void {
    this.state = { ...this.state, phase: 'stopped' }
  }

  page(page: number): ArrayBuffer {
    if (page >= (this.state.preview?.pages ?? 0))
      throw {
        code: 'no-page',
        title: 'This page cannot be shown',
        detail: '',
        hint: 'Update the preview.',
      } satisfies CommandError
    return Uint8Array.from(atob(PNG), (c) => c.charCodeAt(0)).buffer
  }

  chooseKey(): SigningKey {
    return { name: 'examiner.key', needsPassphrase: true, exposed: false }
  }

  forgetKey(): void {
    // It keeps none.
  }
}
