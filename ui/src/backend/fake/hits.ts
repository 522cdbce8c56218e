/** Hits of a query over the formula: intervals of positions, and places within the period. */
import type { Diagnostic, Pill, QueryCheck } from '../backend'
import { PERIOD, SAID, type Said, type World } from './world'

export class Hits {
  private readonly rank: number[]
  private readonly sums: number[]

  constructor(
    readonly intervals: readonly (readonly [number, number])[],
    readonly places: readonly number[],
  ) {
    this.rank = [0]
    let next = 0
    for (let place = 0; place < PERIOD; place += 1) {
      if (places[next] === place) next += 1
      this.rank.push(next)
    }
    this.sums = [0]
    for (const [from, to] of intervals)
      this.sums.push((this.sums.at(-1) ?? 0) + this.between(from, to))
  }

  get count(): number {
    return this.sums.at(-1) ?? 0
  }

  /** Hits at positions below a position. */
  below(position: number): number {
    let sum = 0
    for (const [from, to] of this.intervals) {
      if (position <= from) break
      sum += this.between(from, Math.min(to, position))
    }
    return sum
  }

  /** Hits inside `from..to` with one of the places. */
  within(from: number, to: number, places?: Hits): number {
    if (places === undefined) return this.below(to) - this.below(from)
    return new Hits(
      this.intervals,
      this.places.filter((place) => places.places.includes(place)),
    ).within(from, to)
  }

  position(ordinal: number): number {
    let low = 0
    let high = this.intervals.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.sums[middle + 1] ?? 0) <= ordinal) low = middle + 1
      else high = middle
    }
    const [from] = this.intervals[low] ?? [0, 0]
    const wanted = ordinal - (this.sums[low] ?? 0) + this.absolute(from)
    const period = Math.floor(wanted / this.places.length)
    return period * PERIOD + (this.places[wanted % this.places.length] ?? 0)
  }

  has(position: number): boolean {
    return this.below(position + 1) > this.below(position)
  }

  private absolute(position: number): number {
    const period = Math.floor(position / PERIOD)
    return period * this.places.length + (this.rank[position - period * PERIOD] ?? 0)
  }

  private between(from: number, to: number): number {
    return to <= from ? 0 : this.absolute(to) - this.absolute(from)
  }
}

type Condition = {
  text: string
  negated: boolean
  from: number
  to: number
  /** Length of the NOT in front. */
  not: number
}

const PATTERN = /(NOT\s+|-)?((?:[\w.]+:)?(?:"[^"]*"|\[[^\]]*\]|\/[^/]*\/|[^\s()]+))/g

function conditions(text: string): Condition[] {
  const found: Condition[] = []
  for (const match of text.matchAll(PATTERN)) {
    const word = match[2] ?? ''
    if (word === 'AND' || word === 'OR' || word === 'NOT' || word === '*') continue
    const from = match.index
    found.push({
      text: word,
      negated: match[1] !== undefined,
      from,
      to: from + match[0].length,
      not: (match[1] ?? '').length,
    })
  }
  return found
}

const FIELDS = new Set<string>([...Object.keys(SAID[0] as Said), 'seal', 'time'])

export function check(text: string): QueryCheck {
  const diagnostics: Diagnostic[] = []
  const quotes = [...text].filter((char) => char === '"').length
  if (quotes % 2 === 1) {
    const at = text.lastIndexOf('"')
    diagnostics.push({
      error: true,
      fromUtf16: at,
      toUtf16: text.length,
      message: 'A quotation mark is opened here and never closed.',
      fix: { label: 'Close it', replacement: `${text.slice(at)}"` },
    })
  }
  const all = conditions(text)
  for (const condition of all) {
    const field = /^([\w.]+):/.exec(condition.text)?.[1]
    if (field === undefined || FIELDS.has(field)) continue
    const near = [...FIELDS].find((known) => known.startsWith(field.slice(0, 3)))
    const from = condition.from + condition.not
    diagnostics.push({
      error: false,
      fromUtf16: from,
      toUtf16: from + field.length,
      message: `Field ${field} exists in no source.`,
      fix: near ? { label: `Did you mean ${near}?`, replacement: near } : null,
    })
  }
  const bare = all.map((condition) =>
    condition.negated ? `NOT ${condition.text}` : condition.text,
  )
  const pills: Pill[] = all.map((condition, index) => ({
    text: condition.text,
    negated: condition.negated,
    fromUtf16: condition.from,
    toUtf16: condition.to,
    without: bare.filter((_, n) => n !== index).join(' AND ') || '*',
    inverted: bare
      .map((each, n) =>
        n === index ? (condition.negated ? condition.text : `NOT ${condition.text}`) : each,
      )
      .join(' AND '),
  }))
  const errors = diagnostics.some((diagnostic) => diagnostic.error)
  return { canonical: errors ? null : bare.join(' AND ') || '*', diagnostics, pills }
}

const unquoted = (value: string): string => value.replace(/^"|"$/g, '')

export function find(world: World, text: string, from: number, to: number): Hits {
  let intervals: [number, number][] = [[from, to]]
  let places = Array.from({ length: PERIOD }, (_, place) => place)
  for (const { text: word, negated } of conditions(text)) {
    const number = /^#(\d+)(?:\.\.(\d+))?$/.exec(word)
    const seal = /^seal:(.+)$/.exec(word)?.[1]
    if (number) {
      const start = Number(number[1])
      const end = number[2] === undefined ? start + 1 : Number(number[2]) + 1
      intervals = meet(
        intervals,
        negated
          ? [
              [0, start],
              [end, world.rows],
            ]
          : [[start, end]],
      )
    } else if (seal !== undefined) {
      const wanted = world.ranges.filter(
        (range) => (range.verdict === seal || seal === '*') !== negated,
      )
      intervals = meet(
        intervals,
        wanted.map((range) => [range.from, range.to]),
      )
    } else {
      const colon = /^([\w.]+):(.*)$/.exec(word)
      const matches = (said: Said): boolean => {
        if (!colon)
          return said.message.runs.some(
            (run) =>
              typeof run === 'string' && run.toLowerCase().includes(unquoted(word).toLowerCase()),
          )
        const value = said[colon[1] as keyof Said]
        return typeof value === 'string' && (colon[2] === '*' || value === unquoted(colon[2] ?? ''))
      }
      places = places.filter((place) => matches(SAID[place] as Said) !== negated)
    }
  }
  return new Hits(
    intervals.filter(([a, b]) => a < b),
    places,
  )
}

function meet(a: [number, number][], b: [number, number][]): [number, number][] {
  const both: [number, number][] = []
  for (const [from, to] of a)
    for (const [start, end] of b) {
      const low = Math.max(from, start)
      const high = Math.min(to, end)
      if (low < high) both.push([low, high])
    }
  return both
}
