/** One search at a time: its query, its order, how far it is. */
import {
  asCommandError,
  type Backend,
  type CommandError,
  type Pill,
  type SearchState,
  type Sort,
} from '../../backend/backend'

const POLL_MS = 120

export interface TimeRange {
  fromNs: string
  toNs: string
}

export class Search {
  /** The query as it ran last. */
  text = $state('')
  sort = $state<Sort>('position')
  range = $state.raw<TimeRange | undefined>(undefined)
  join = $state(false)
  state = $state.raw<SearchState | undefined>(undefined)
  pills = $state.raw<readonly Pill[]>([])
  /** A query with errors was asked for; what shows is the one before. */
  refused = $state.raw<SearchState | undefined>(undefined)
  failure = $state.raw<CommandError | undefined>(undefined)
  // Each changes only when its own value does, however often the state is asked for.
  readonly searchId = $derived(this.state?.searchId ?? undefined)
  readonly generation = $derived(this.state?.generation ?? 0)
  readonly count = $derived(this.state?.count ?? 0)
  readonly exact = $derived(this.state?.exact ?? false)
  readonly running = $derived(this.state?.running ?? false)
  /** Nothing is left out, and rows stand as stored. */
  readonly isWhole = $derived(
    this.pills.length === 0 && this.range === undefined && this.sort === 'position',
  )
  private run = 0
  /** States asked for, and the newest of them that came: answers may overtake each other. */
  private asked = 0
  private answered = 0
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly backend: Backend) {}

  /** Runs a query; one with errors leaves the present hits as they are. */
  async start(text: string): Promise<void> {
    const run = ++this.run
    clearTimeout(this.timer)
    try {
      const [state, check] = await Promise.all([
        this.backend.search({ text, sort: this.sort, ...this.range, join: this.join }),
        this.backend.queryCheck(text),
      ])
      if (run !== this.run) return
      this.failure = undefined
      if (state.searchId === null) {
        this.refused = state
        this.follow(run)
        return
      }
      this.refused = undefined
      this.text = text
      this.pills = check.pills
      this.state = state
      this.follow(run)
    } catch (cause) {
      if (run === this.run) this.failure = asCommandError(cause)
    }
  }

  async again(): Promise<void> {
    await this.start(this.text)
  }

  async order(sort: Sort): Promise<void> {
    this.sort = sort
    await this.again()
  }

  async within(range: TimeRange | undefined): Promise<void> {
    this.range = range
    await this.again()
  }

  async joined(join: boolean): Promise<void> {
    this.join = join
    await this.again()
  }

  /** Forgets the search, when archives are closed. */
  reset(): void {
    this.run += 1
    clearTimeout(this.timer)
    this.text = ''
    this.range = undefined
    this.pills = []
    this.state = undefined
    this.refused = undefined
    this.failure = undefined
  }

  /** Asks at once how far the search is. */
  refresh(): void {
    clearTimeout(this.timer)
    void this.poll(this.run)
  }

  private follow(run: number): void {
    clearTimeout(this.timer)
    if (this.state?.running) this.timer = setTimeout(() => void this.poll(run), POLL_MS)
  }

  private async poll(run: number): Promise<void> {
    const id = this.searchId
    if (id === undefined) return
    const number = ++this.asked
    try {
      const state = await this.backend.searchState(id)
      if (run !== this.run || number < this.answered) return
      this.answered = number
      this.state = state
      this.failure = undefined
      this.follow(run)
    } catch (cause) {
      if (run === this.run) this.failure = asCommandError(cause)
    }
  }
}

/** Adds a condition to a query, with AND. */
export function withCondition(text: string, condition: string, exclude: boolean): string {
  const added = exclude ? `NOT ${condition}` : condition
  const present = text.trim()
  if (present === '' || present === '*') return added
  // OR binds weaker than AND: what stands there is kept together.
  return /\bOR\b/.test(present) ? `(${present}) AND ${added}` : `${present} AND ${added}`
}
