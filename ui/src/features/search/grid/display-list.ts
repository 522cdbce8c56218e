/**
 * The rows as displayed: hits, with a separator before each hit that has missing entries before it.
 * Separators take a place on screen but never shift an ordinal.
 */
import type { RowGap } from '../../../backend/backend'

export type DisplayRow = { kind: 'hit'; ordinal: number } | { kind: 'gap'; gap: RowGap }

export class DisplayList {
  private constructor(
    readonly hits: number,
    private readonly gaps: readonly RowGap[],
  ) {}

  static of(hits: number, gaps: readonly RowGap[]): DisplayList {
    const usable = gaps.filter((gap) => gap.beforeOrdinal <= hits)
    usable.sort((a, b) => a.beforeOrdinal - b.beforeOrdinal || a.position - b.position)
    return new DisplayList(hits, usable)
  }

  get length(): number {
    return this.hits + this.gaps.length
  }

  get hasGaps(): boolean {
    return this.gaps.length > 0
  }

  /** Where a hit is displayed. */
  rowOf(ordinal: number): number {
    return ordinal + this.gapsUpTo(ordinal)
  }

  /** What is displayed at a row; undefined outside. */
  at(row: number): DisplayRow | undefined {
    if (row < 0 || row >= this.length) return undefined
    // The gap number k stands at row `beforeOrdinal + k`.
    let low = 0
    let high = this.gaps.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const gap = this.gaps[middle]
      if (gap !== undefined && gap.beforeOrdinal + middle < row) low = middle + 1
      else high = middle
    }
    const gap = this.gaps[low]
    if (gap !== undefined && gap.beforeOrdinal + low === row) return { kind: 'gap', gap }
    return { kind: 'hit', ordinal: row - low }
  }

  /** The hit displayed at a row or, for a separator, the next one. */
  ordinalNear(row: number): number {
    const found = this.at(Math.max(0, Math.min(row, this.length - 1)))
    if (found === undefined) return 0
    const ordinal = found.kind === 'hit' ? found.ordinal : found.gap.beforeOrdinal
    return Math.max(0, Math.min(ordinal, this.hits - 1))
  }

  private gapsUpTo(ordinal: number): number {
    let low = 0
    let high = this.gaps.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const gap = this.gaps[middle]
      if (gap !== undefined && gap.beforeOrdinal <= ordinal) low = middle + 1
      else high = middle
    }
    return low
  }
}
