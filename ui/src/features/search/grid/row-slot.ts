/**
 * One row's elements, filled again and again. Seal, position and text are children of one box, so
 * that no frame can show them of two entries.
 */
import type { Row, RowGap } from '../../../backend/backend'
import { counted, grouped } from '../../../format/number'
import { putShown, putText } from '../../../format/shown'
import { cutPrecision, type TimePrecision } from '../../../format/time-precision'
import { lookOf, severityLetter, severityTitle } from '../../../format/verdict'
import { glyphElement } from '../../../widgets/glyph-dom'
import type { ShownColumn } from './columns'

const SEVERITY_WORD_PX = 90

export interface SlotState {
  columns: readonly ShownColumn[]
  precision: TimePrecision
  /** What stands here. */
  content:
    | { kind: 'row'; ordinal: number; row: Row }
    | { kind: 'waiting'; ordinal: number }
    | { kind: 'gap'; gap: RowGap }
  cursor: boolean
  selected: boolean
  /** Missing entries have rows of their own here, and need no mark in the gutter. */
  gapsShown: boolean
}

export class RowSlot {
  readonly element: HTMLElement
  private readonly pinned = div('pinned', 'presentation')
  private readonly seal = div('cell seal', 'gridcell')
  private readonly position = div('cell position mono', 'gridcell')
  private readonly gapNote = div('gap-note', 'gridcell')
  private cells: HTMLElement[] = []
  private shown: SlotState | undefined
  private sealWord = ''

  constructor(readonly id: string) {
    this.element = div('row', 'row')
    this.element.id = id
    this.pinned.append(this.seal, this.position)
    this.seal.setAttribute('aria-colindex', '1')
    this.position.setAttribute('aria-colindex', '2')
    this.gapNote.setAttribute('aria-colindex', '1')
    this.element.append(this.pinned)
  }

  place(topPx: number): void {
    this.element.style.top = `${topPx}px`
  }

  show(next: SlotState): void {
    const before = this.shown
    this.shown = next
    if (before?.cursor !== next.cursor) this.element.classList.toggle('cursor', next.cursor)
    if (before?.selected !== next.selected || before?.content.kind !== next.content.kind) {
      this.element.classList.toggle('selected', next.selected)
      if (next.content.kind === 'gap') this.element.removeAttribute('aria-selected')
      else this.element.setAttribute('aria-selected', String(next.selected))
    }
    const sameText =
      before?.columns === next.columns &&
      before.precision === next.precision &&
      before.gapsShown === next.gapsShown
    if (before && sameText && sameContent(before.content, next.content)) return
    if (before?.columns !== next.columns) this.layCells(next.columns)
    this.element.classList.toggle('gap', next.content.kind === 'gap')
    if (next.content.kind === 'gap') this.showGap(next.content.gap)
    else if (next.content.kind === 'waiting') this.showWaiting(next.content.ordinal)
    else this.showRow(next.content.row, next)
  }

  private layCells(columns: readonly ShownColumn[]): void {
    for (const cell of this.cells) cell.remove()
    this.cells = columns.map((column, index) => {
      const cell = div(`cell c${index} log-text${column.mono ? ' mono' : ''}`, 'gridcell')
      cell.style.left = `var(--c${index}x)`
      cell.style.width = `var(--c${index}w)`
      cell.setAttribute('aria-colindex', String(index + 3))
      return cell
    })
    this.element.append(...this.cells)
  }

  private showGap(gap: RowGap): void {
    this.element.removeAttribute('aria-rowindex')
    this.element.removeAttribute('aria-busy')
    this.element.dataset.ordinal = ''
    this.pinned.remove()
    for (const cell of this.cells) cell.remove()
    const last = gap.position + gap.missing - 1
    const which = gap.missing === 1 ? grouped(last) : `${grouped(gap.position)}–${grouped(last)}`
    putText(this.gapNote, `${counted(gap.missing, 'entry', 'entries')} missing (${which})`)
    this.gapNote.prepend(glyphElement('box-dots'))
    this.gapNote.title = 'The seals cover these entries, but they are not in the file.'
    this.element.append(this.gapNote)
  }

  private showEntry(ordinal: number): void {
    this.gapNote.remove()
    if (this.pinned.parentElement !== this.element) this.element.prepend(this.pinned)
    const [first] = this.cells
    if (first && first.parentElement !== this.element) this.element.append(...this.cells)
    this.element.setAttribute('aria-rowindex', String(ordinal + 2))
    this.element.dataset.ordinal = String(ordinal)
  }

  private showWaiting(ordinal: number): void {
    this.showEntry(ordinal)
    this.element.setAttribute('aria-busy', 'true')
    this.seal.className = 'cell seal'
    this.sealWord = ''
    putText(this.seal, '·····')
    putText(this.position, '·····')
    for (const cell of this.cells) putText(cell, '·····')
  }

  private showRow(row: Row, state: SlotState): void {
    this.showEntry(row.ordinal)
    this.element.removeAttribute('aria-busy')
    this.showSeal(row, state.gapsShown)
    const record = row.record === undefined ? '' : `·${row.record}`
    putText(this.position, grouped(row.position) + record)
    this.position.title = `Archive ${row.archive + 1}, entry ${grouped(row.position)}${record}`
    state.columns.forEach((column, index) => {
      const cell = this.cells[index]
      if (cell) this.showCell(cell, column, row, index, state.precision)
    })
  }

  private showSeal(row: Row, gapsShown: boolean): void {
    const word = row.flags?.unreadable ? 'damage' : row.verdict
    const missing = gapsShown ? 0 : (row.flags?.missingBefore ?? 0)
    const key = `${word} ${missing}`
    if (this.sealWord === key) return
    this.sealWord = key
    const look = lookOf(word)
    this.seal.className = `cell seal gutter-${word} ${look.tone}`
    this.seal.replaceChildren(glyphElement(look.shape), span(look.short, 'word'))
    this.seal.title = look.aria
    if (missing > 0) {
      const mark = span('⋯', 'missing-mark')
      mark.title = `${counted(missing, 'entry', 'entries')} missing before this one`
      this.seal.append(mark)
    }
  }

  private showCell(
    cell: HTMLElement,
    column: ShownColumn,
    row: Row,
    index: number,
    precision: TimePrecision,
  ): void {
    if (column.key === 'time') {
      putText(cell, row.timeText === '' ? 'no time' : cutPrecision(row.timeText, precision))
      cell.classList.toggle('no-time', row.timeText === '')
      if (row.flags?.timeInferred) {
        const mark = span('≈', 'inferred')
        mark.title = 'Zone or year is not in the entry; it was inferred.'
        cell.append(mark)
      }
    } else if (column.key === 'severity') {
      cell.replaceChildren()
      if (row.severity !== undefined) {
        const chip = span(severityLetter(row.severity), `severity sev-${row.severity}`)
        chip.title = severityTitle(row.severity)
        cell.append(chip)
        // A word that is cut off would only be noise beside its letter.
        if (column.width >= SEVERITY_WORD_PX) {
          cell.append(span(severityTitle(row.severity), 'severity-word'))
        }
      }
    } else {
      putShown(cell, row.cells[index] ?? { runs: [] })
      if (column.key === 'message' && row.flags && row.flags.joined > 0) {
        cell.prepend(span(`${row.flags.joined + 1} stages`, 'joined'))
      }
    }
  }
}

function sameContent(a: SlotState['content'], b: SlotState['content']): boolean {
  if (a.kind === 'row') return b.kind === 'row' && a.row === b.row
  if (a.kind === 'gap') return b.kind === 'gap' && a.gap === b.gap
  return b.kind === 'waiting' && a.ordinal === b.ordinal
}

function div(className: string, role: string): HTMLElement {
  const element = document.createElement('div')
  element.className = className
  element.setAttribute('role', role)
  return element
}

function span(text: string, className: string): HTMLElement {
  const element = document.createElement('span')
  element.className = className
  element.append(document.createTextNode(text))
  return element
}
