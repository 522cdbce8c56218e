/** What the examiner writes for a report. It is kept as it is written; the shell has the file. */
import {
  asCommandError,
  type Backend,
  type CaseForm,
  type CaseView,
  type CiteRequest,
  type CommandError,
  type ReportChoices,
} from '../../backend/backend'
import { withoutCited } from './lists'

/** So long after the last change it is written. */
const KEEP_MS = 600

export interface Added {
  added: number
  already: number
  undo: () => Promise<void>
}

export class ReportCase {
  choices = $state.raw<ReportChoices | undefined>(undefined)
  view = $state.raw<CaseView | undefined>(undefined)
  /** What is in the fields now. */
  form = $state<CaseForm | undefined>(undefined)
  /** Something is not written yet. */
  dirty = $state(false)
  failure = $state.raw<CommandError | undefined>(undefined)
  private edits = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  /** One command after the other: each sees what the one before wrote. */
  private line: Promise<unknown> = Promise.resolve()

  constructor(private readonly backend: Backend) {}

  get revision(): number {
    return this.view?.revision ?? 0
  }

  /** Reads the case again, after what is not written yet was written. */
  async load(): Promise<void> {
    await this.keep()
    await this.inLine(async () => {
      this.choices ??= await this.backend.reportChoices()
      this.take(await this.backend.caseView())
    })
  }

  /** Something was changed in the fields. */
  touch(): void {
    this.edits += 1
    this.dirty = true
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.keep(), KEEP_MS)
  }

  /** Writes one member of a record of the form. */
  set<T extends object, K extends keyof T>(record: T, key: K, value: T[K]): void {
    record[key] = value
    this.touch()
  }

  /** Writes what is not written yet; false when that failed. */
  async keep(): Promise<boolean> {
    clearTimeout(this.timer)
    return this.inLine(async () => {
      if (!this.dirty || this.form === undefined) return
      const { edits } = this
      const view = await this.backend.caseWrite($state.snapshot(this.form) as CaseForm)
      this.view = view
      if (edits === this.edits) this.dirty = false
    })
  }

  /** Adds entries; gives back how to take exactly those away again. */
  async cite(request: CiteRequest): Promise<Added | undefined> {
    if (!(await this.keep())) return undefined
    let answer: Added | undefined
    await this.inLine(async () => {
      const { added, already, view } = await this.backend.citeRows(request)
      this.take(view)
      const gone = added === 0 ? [] : view.form.cited.slice(-added)
      answer = {
        added,
        already,
        undo: () =>
          this.change((form) => {
            form.cited = withoutCited(form.cited, gone)
          }),
      }
    })
    return answer
  }

  /** Keeps a search; gives back how to take it away again. */
  async keepQuery(text: string, fromNs?: string, toNs?: string): Promise<Added | undefined> {
    if (!(await this.keep())) return undefined
    let answer: Added | undefined
    await this.inLine(async () => {
      const view = await this.backend.keepQuery(text, fromNs ?? null, toNs ?? null)
      this.take(view)
      const mine = JSON.stringify(view.form.queries.at(-1))
      const undo = () =>
        this.change((form) => {
          const at = form.queries.findLastIndex((query) => JSON.stringify(query) === mine)
          if (at >= 0) form.queries.splice(at, 1)
        })
      answer = { added: 1, already: 0, undo }
    })
    return answer
  }

  async keepControls(name: string): Promise<void> {
    await this.keep()
    await this.inLine(async () => this.take(await this.backend.keepControls(name)))
  }

  async begin(): Promise<void> {
    await this.keep()
    await this.inLine(async () => this.take(await this.backend.caseNew()))
  }

  async open(): Promise<boolean> {
    await this.keep()
    let opened = false
    await this.inLine(async () => {
      const view = await this.backend.caseOpen()
      if (view === null) return
      opened = true
      this.take(view)
    })
    return opened
  }

  /** Changes the form and writes it at once. */
  async change(change: (form: CaseForm) => unknown): Promise<void> {
    if (this.form === undefined) return
    change(this.form)
    this.touch()
    await this.keep()
  }

  private take(view: CaseView): void {
    this.view = view
    this.form = structuredClone(view.form)
    this.dirty = false
  }

  /** False when the command failed. */
  private inLine(command: () => Promise<void>): Promise<boolean> {
    const done = this.line.then(async () => {
      try {
        await command()
        this.failure = undefined
        return true
      } catch (cause) {
        this.failure = asCommandError(cause)
        return false
      }
    })
    this.line = done
    return done
  }
}
