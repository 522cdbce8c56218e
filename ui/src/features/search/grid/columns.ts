/** Which columns show, in which order and how wide. Seal and position are not among them. */
import type { Column } from '../../../backend/backend'

export interface ShownColumn {
  key: string
  title: string
  mono: boolean
  width: number
}

export const COLUMN_PX_MIN = 48
export const COLUMN_PX_MAX = 1600
export const SEAL_PX = 92
export const POSITION_PX = 96
/** Both stand first and stay in sight when the rest is scrolled sideways. */
export const PINNED_PX = SEAL_PX + POSITION_PX

export function firstColumns(columns: readonly Column[]): ShownColumn[] {
  const seen = new Set<string>()
  const shown = columns.filter((column) => {
    const fresh = column.defaultVisible && !seen.has(column.key)
    seen.add(column.key)
    return fresh
  })
  return shown.map(shownColumn)
}

/** A time must never be cut: its missing digits would make another time. */
const TIME_PX_MIN = 224

export function shownColumn(column: Column): ShownColumn {
  const { key, title, mono } = column
  return {
    key,
    title,
    mono,
    width: key === 'time' ? Math.max(TIME_PX_MIN, column.width) : column.width,
  }
}

export function resized(
  columns: readonly ShownColumn[],
  key: string,
  width: number,
): ShownColumn[] {
  const kept = Math.round(Math.min(COLUMN_PX_MAX, Math.max(COLUMN_PX_MIN, width)))
  return columns.map((column) => (column.key === key ? { ...column, width: kept } : column))
}

/** Moves a column by so many places. */
export function moved(columns: readonly ShownColumn[], key: string, by: number): ShownColumn[] {
  const from = columns.findIndex((column) => column.key === key)
  const to = Math.max(0, Math.min(columns.length - 1, from + by))
  if (from < 0 || from === to) return [...columns]
  const rest = columns.filter((column) => column.key !== key)
  const column = columns[from]
  return column === undefined ? rest : [...rest.slice(0, to), column, ...rest.slice(to)]
}

/** A stored layout, as far as it still fits the schema. */
export function restored(stored: unknown, known: readonly Column[]): ShownColumn[] | undefined {
  if (!Array.isArray(stored)) return undefined
  const columns: ShownColumn[] = []
  for (const item of stored) {
    if (typeof item !== 'object' || item === null) continue
    const { key, width, title } = item as Record<string, unknown>
    if (typeof key !== 'string' || typeof width !== 'number') continue
    if (columns.some((column) => column.key === key)) continue
    const column = known.find((each) => each.key === key)
    if (column === undefined && typeof title !== 'string') continue
    const base = column ?? { key, title: title as string, mono: true, width, defaultVisible: false }
    columns.push({
      ...shownColumn(base),
      width: Math.min(COLUMN_PX_MAX, Math.max(COLUMN_PX_MIN, width)),
    })
  }
  return columns.length > 0 ? columns : undefined
}

export interface Geometry {
  lefts: number[]
  widths: number[]
  totalPx: number
}

/** Left edges and widths; the last column takes what is left of the view. */
export function geometry(columns: readonly ShownColumn[], viewPx: number): Geometry {
  const lefts: number[] = []
  const widths: number[] = []
  let left = PINNED_PX
  for (const [index, column] of columns.entries()) {
    const last = index === columns.length - 1
    const width = last ? Math.max(column.width, viewPx - left) : column.width
    lefts.push(left)
    widths.push(width)
    left += width
  }
  return { lefts, widths, totalPx: Math.max(left, viewPx) }
}
