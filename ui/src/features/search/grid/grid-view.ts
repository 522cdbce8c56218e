/**
 * The body of the table: joins scroll bar, rows and slots. Everything is drawn from the virtual
 * position in one go; nothing is read back from the page.
 */
import type { DisplayList } from './display-list'
import type { RangeSet } from './range-set'
import type { RowCache } from './row-cache'
import { RowSlot } from './row-slot'
import { ScrollMap } from './scroll-map'
import type { ShownColumn } from './columns'
import type { TimePrecision } from '../../../format/time-precision'

/** After so long without a movement the scroll bar is set to where it belongs. */
const RESYNC_MS = 150
/** So long the last frame stays whole while rows are read anew; then places are held. */
const HOLD_MS = 80
/** During a drag of the thumb rows are asked for only after such a rest. */
const DRAG_REST_MS = 60

export interface GridInput {
  display: DisplayList
  columns: readonly ShownColumn[]
  precision: TimePrecision
  cursor: number
  selection: RangeSet
  rowPx: number
}

export interface GridElements {
  scroller: HTMLElement
  spacer: HTMLElement
  layer: HTMLElement
  headPx: () => number
}

let grids = 0

export class GridView {
  readonly map = new ScrollMap()
  private readonly idPrefix = `row-${++grids}-`
  private slots: RowSlot[] = []
  private input: GridInput | undefined
  private resyncTimer: ReturnType<typeof setTimeout> | undefined
  private dragTimer: ReturnType<typeof setTimeout> | undefined
  private holdTimer: ReturnType<typeof setTimeout> | undefined
  private drawnEpoch = -1
  private direction = 1
  private visibleRows = 1

  constructor(
    private readonly elements: GridElements,
    private readonly cache: RowCache,
    private readonly moved: (view: { top: number; dragging: boolean }) => void,
  ) {}

  destroy(): void {
    clearTimeout(this.resyncTimer)
    clearTimeout(this.dragTimer)
    clearTimeout(this.holdTimer)
    for (const slot of this.slots) slot.element.remove()
  }

  update(input: GridInput): void {
    this.input = input
    this.measure()
    if (this.holds()) this.fetch()
    else this.draw()
  }

  /** After everything was dropped, one old frame is better than a flash of empty rows. */
  private holds(): boolean {
    if (this.cache.epoch === this.drawnEpoch || this.drawnEpoch < 0) return false
    if (this.cache.failure !== undefined || this.isReadable()) return false
    this.holdTimer ??= setTimeout(() => this.draw(), HOLD_MS)
    return true
  }

  private isReadable(): boolean {
    const { input } = this
    if (input === undefined) return true
    const { row: first } = this.map.firstRow
    for (let row = first; row < first + this.visibleRows; row += 1) {
      const content = input.display.at(row)
      if (content?.kind === 'hit' && this.cache.row(content.ordinal) === undefined) return false
    }
    return true
  }

  /** Rows that fit into the view. */
  get pageRows(): number {
    return Math.max(1, this.visibleRows - 1)
  }

  /** Element of a hit, for `aria-activedescendant`; undefined while it is not drawn. */
  idOf(ordinal: number): string | undefined {
    const { input } = this
    if (input === undefined || input.display.hits === 0) return undefined
    const row = input.display.rowOf(ordinal)
    const { row: first } = this.map.firstRow
    if (row < first || row > first + this.visibleRows) return undefined
    return this.slots[row % this.slots.length]?.id
  }

  reveal(ordinal: number, centre = false): void {
    if (this.input === undefined) return
    const row = this.input.display.rowOf(ordinal)
    const shown = this.map.reveal(row)
    if (centre && shown !== this.map.position) this.goTo(this.map.centre(row))
    else this.goTo(shown)
  }

  /** Keeps the same entry under the eye when hits came in before it. */
  shift(rows: number): void {
    const rowPx = this.input?.rowPx ?? 0
    this.goTo(this.map.position + rows * rowPx)
  }

  goTo(position: number): void {
    this.direction = position < this.map.position ? -1 : 1
    this.elements.scroller.scrollTop = this.map.moveTo(position)
    this.draw()
  }

  /** First hit in view. */
  get topOrdinal(): number {
    const { row } = this.map.firstRow
    return this.input?.display.ordinalNear(row) ?? 0
  }

  onScroll(): void {
    const before = this.map.position
    const viewPx = this.elements.layer.clientHeight
    if (!this.map.scrolled(this.elements.scroller.scrollTop)) return
    const by = this.map.position - before
    this.direction = by < 0 ? -1 : 1
    const dragging = Math.abs(by) > 4 * viewPx
    this.draw(dragging)
    this.moved({ top: this.topOrdinal, dragging })
    clearTimeout(this.resyncTimer)
    this.resyncTimer = setTimeout(() => this.resync(), RESYNC_MS)
  }

  private resync(): void {
    // A movement that has not been reported yet would be lost otherwise.
    if (this.map.scrolled(this.elements.scroller.scrollTop)) this.draw()
    const scrollTop = this.map.resync()
    if (this.elements.scroller.scrollTop !== scrollTop) this.elements.scroller.scrollTop = scrollTop
    this.moved({ top: this.topOrdinal, dragging: false })
  }

  private measure(): void {
    const { input, elements } = this
    if (input === undefined) return
    const headPx = elements.headPx()
    const viewPx = Math.max(input.rowPx, elements.scroller.clientHeight - headPx)
    const before = this.map.scrollTop
    this.map.resize(input.display.length, input.rowPx, viewPx)
    elements.spacer.style.height = `${this.map.spacerPx + headPx}px`
    elements.layer.style.height = `${viewPx}px`
    if (this.map.scrollTop !== before) elements.scroller.scrollTop = this.map.resync()
    this.visibleRows = Math.ceil(viewPx / input.rowPx) + 1
    // A pool of one more than can show: a row keeps its element while it is in view.
    this.growPool(this.visibleRows + 1)
  }

  private growPool(wanted: number): void {
    while (this.slots.length < wanted) {
      const slot = new RowSlot(`${this.idPrefix}${this.slots.length}`)
      this.slots.push(slot)
      this.elements.layer.append(slot.element)
    }
    while (this.slots.length > wanted) this.slots.pop()?.element.remove()
  }

  private draw(dragging = false): void {
    const { input } = this
    if (input === undefined) return
    clearTimeout(this.holdTimer)
    this.holdTimer = undefined
    this.drawnEpoch = this.cache.epoch
    const { row: first, hiddenPx } = this.map.firstRow
    for (let n = 0; n < this.slots.length; n += 1) this.drawRow(first + n, n, hiddenPx, input)
    clearTimeout(this.dragTimer)
    if (dragging) this.dragTimer = setTimeout(() => this.fetch(), DRAG_REST_MS)
    else this.fetch()
  }

  private drawRow(row: number, place: number, hiddenPx: number, input: GridInput): void {
    const slot = this.slots[row % this.slots.length]
    if (slot === undefined) return
    const content = input.display.at(row)
    slot.element.hidden = content === undefined
    if (content === undefined) return
    slot.place(place * input.rowPx - hiddenPx)
    if (content.kind === 'gap') {
      slot.show({ ...input, content, cursor: false, selected: false, gapsShown: true })
      return
    }
    const { ordinal } = content
    const found = this.cache.row(ordinal)
    slot.show({
      columns: input.columns,
      precision: input.precision,
      content: found ? { kind: 'row', ordinal, row: found } : { kind: 'waiting', ordinal },
      cursor: ordinal === input.cursor,
      selected: input.selection.has(ordinal),
      gapsShown: input.display.hasGaps,
    })
  }

  private fetch(): void {
    const { input } = this
    if (input === undefined) return
    const { row: first } = this.map.firstRow
    const from = input.display.ordinalNear(first)
    const to = input.display.ordinalNear(first + this.visibleRows) + 1
    this.cache.want(from, to, this.direction * 2, input.display.hits)
  }
}
