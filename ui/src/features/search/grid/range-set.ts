/** A set of ordinals as sorted half-open ranges that never touch, so "all" is one range. */

export type Range = readonly [from: number, to: number]

export class RangeSet {
  private constructor(readonly ranges: readonly Range[]) {}

  static readonly EMPTY = new RangeSet([])

  static of(...ranges: Range[]): RangeSet {
    let set = RangeSet.EMPTY
    for (const range of ranges) set = set.with(range)
    return set
  }

  get size(): number {
    return this.ranges.reduce((sum, [from, to]) => sum + to - from, 0)
  }

  has(ordinal: number): boolean {
    let low = 0
    let high = this.ranges.length - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      const range = this.ranges[middle]
      if (range === undefined) return false
      if (ordinal < range[0]) high = middle - 1
      else if (ordinal >= range[1]) low = middle + 1
      else return true
    }
    return false
  }

  with([from, to]: Range): RangeSet {
    if (to <= from) return this
    const kept: Range[] = []
    let [start, end] = [from, to]
    for (const range of this.ranges) {
      if (range[1] < start || range[0] > end) kept.push(range)
      else [start, end] = [Math.min(start, range[0]), Math.max(end, range[1])]
    }
    kept.push([start, end])
    kept.sort((a, b) => a[0] - b[0])
    return new RangeSet(kept)
  }

  without([from, to]: Range): RangeSet {
    if (to <= from) return this
    const kept: Range[] = []
    for (const range of this.ranges) {
      if (range[0] < from) kept.push([range[0], Math.min(range[1], from)])
      if (range[1] > to) kept.push([Math.max(range[0], to), range[1]])
    }
    return new RangeSet(kept.filter((range) => range[0] < range[1]))
  }

  toggled(ordinal: number): RangeSet {
    const one: Range = [ordinal, ordinal + 1]
    return this.has(ordinal) ? this.without(one) : this.with(one)
  }
}
