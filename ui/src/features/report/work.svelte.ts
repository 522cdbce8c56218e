/** The work on a report: asked for, followed, stopped. */
import {
  asCommandError,
  type Backend,
  type CommandError,
  type ExportForm,
  type ReportForm,
  type ReportState,
  type ReportTask,
} from '../../backend/backend'

const POLL_MS = 120

export class ReportWork {
  state = $state.raw<ReportState | undefined>(undefined)
  failure = $state.raw<CommandError | undefined>(undefined)
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly backend: Backend) {}

  get isBusy(): boolean {
    const phase = this.state?.phase
    return phase === 'gathering' || phase === 'writing' || phase === 'checking'
  }

  /** The task that failed, or could not even begin. */
  get error(): CommandError | undefined {
    return this.failure ?? this.state?.error ?? undefined
  }

  async begin(task: ReportTask, form: ReportForm = 'pdf', passphrase = ''): Promise<void> {
    try {
      await this.backend.reportBegin({ task, form, passphrase })
      this.failure = undefined
    } catch (cause) {
      this.failure = asCommandError(cause)
    }
    await this.poll()
  }

  async export(searchId: number, form: ExportForm): Promise<void> {
    try {
      await this.backend.exportBegin(searchId, form)
      this.failure = undefined
    } catch (cause) {
      this.failure = asCommandError(cause)
    }
    await this.poll()
  }

  async cancel(): Promise<void> {
    await this.backend.reportCancel().catch(() => {})
    await this.poll()
  }

  async poll(): Promise<void> {
    clearTimeout(this.timer)
    try {
      this.state = await this.backend.reportState()
    } catch (cause) {
      this.failure = asCommandError(cause)
    }
    clearTimeout(this.timer)
    if (this.isBusy) this.timer = setTimeout(() => void this.poll(), POLL_MS)
  }

  end(): void {
    clearTimeout(this.timer)
  }
}
