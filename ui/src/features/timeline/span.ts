/** A stretch of time and the ways to look closer. */
export interface Span {
  from: bigint
  to: bigint
}

/** Never closer than this. */
const SPAN_NS_MIN = 1_000n

/** Widens or narrows a span around a moment; undefined when all of it would show. */
export function zoomed(
  span: Span,
  factor: number,
  at: bigint | undefined,
  fromAll: bigint,
  toAll: bigint,
): Span | undefined {
  const width = span.to - span.from
  const wanted = BigInt(Math.max(1, Math.round(Number(width) * factor)))
  const next = wanted < SPAN_NS_MIN ? SPAN_NS_MIN : wanted
  if (factor > 1 && next >= toAll - fromAll) return undefined
  const centre = at ?? span.from + width / 2n
  const before = width === 0n ? 0 : Number(centre - span.from) / Number(width)
  const from = centre - BigInt(Math.round(Number(next) * before))
  return inside({ from, to: from + next }, fromAll, toAll)
}

/** Moves a span by a share of its width, within what there is. */
export function panned(span: Span, share: number, fromAll: bigint, toAll: bigint): Span {
  const by = BigInt(Math.round(Number(span.to - span.from) * share))
  return inside({ from: span.from + by, to: span.to + by }, fromAll, toAll)
}

function inside(span: Span, fromAll: bigint, toAll: bigint): Span {
  const width = span.to - span.from
  if (width >= toAll - fromAll) return { from: fromAll, to: toAll }
  if (span.from < fromAll) return { from: fromAll, to: fromAll + width }
  if (span.to > toAll) return { from: toAll - width, to: toAll }
  return span
}
