/** Rows of the fake as text for the clipboard. */
import type { CommandError, Copied, CopyRequest, Row } from '../backend'
import { grouped } from '../../format/number'

export function copied(request: CopyRequest, rowAt: (ordinal: number) => Row): Copied {
  const rows = request.ranges.reduce((sum, [from, to]) => sum + to - from, 0)
  if (rows > 100_000)
    throw {
      code: 'too-many',
      title: 'Too many rows to copy',
      detail: `${grouped(rows)} rows are selected; at most 100,000 can be copied.`,
      hint: 'Select fewer rows, or use sealscope export.',
    } satisfies CommandError
  const lines = [['Seal', 'Entry', ...request.columns].join('\t')]
  for (const [from, to] of request.ranges)
    for (let ordinal = from; ordinal < to; ordinal += 1) {
      const row = rowAt(ordinal)
      const cells = row.cells.map((cell) =>
        cell.runs.map((run) => (typeof run === 'string' ? run : `⟦${run.chip}⟧`)).join(''),
      )
      lines.push([row.verdict, String(row.position), ...cells].join('\t'))
    }
  return { text: lines.join('\n'), rows }
}
