/** What is open and how far it is; pulled, never pushed. */
import {
  asCommandError,
  type Backend,
  type CommandError,
  type Startup,
  type Status,
} from '../backend/backend'

const BUSY_MS = 100
const IDLE_MS = 700

export class Session {
  startup = $state.raw<Startup | undefined>(undefined)
  status = $state.raw<Status | undefined>(undefined)
  /** The engine did not answer at all. */
  failure = $state.raw<CommandError | undefined>(undefined)
  private timer: ReturnType<typeof setTimeout> | undefined
  private over = false

  constructor(readonly backend: Backend) {}

  get phase(): Status['phase'] {
    return this.status?.phase ?? 'none'
  }

  get isBusy(): boolean {
    return this.phase === 'opening' || this.phase === 'working'
  }

  async begin(): Promise<void> {
    try {
      this.startup = await this.backend.startup()
    } catch (cause) {
      this.failure = asCommandError(cause)
    }
    await this.poll()
  }

  end(): void {
    this.over = true
    clearTimeout(this.timer)
  }

  /** Asks at once, after something was begun. */
  async poll(): Promise<void> {
    clearTimeout(this.timer)
    try {
      this.status = await this.backend.status()
      this.failure = undefined
    } catch (cause) {
      this.failure = asCommandError(cause)
    }
    clearTimeout(this.timer)
    if (!this.over) this.timer = setTimeout(() => void this.poll(), this.isBusy ? BUSY_MS : IDLE_MS)
  }

  /** Carries out a command that changes what is open, and looks at the outcome at once. */
  async act(command: (backend: Backend) => Promise<unknown>): Promise<CommandError | undefined> {
    try {
      await command(this.backend)
      await this.poll()
      return undefined
    } catch (cause) {
      return asCommandError(cause)
    }
  }

  async refreshRecent(): Promise<void> {
    try {
      this.startup = await this.backend.startup()
    } catch (cause) {
      this.failure = asCommandError(cause)
    }
  }
}
