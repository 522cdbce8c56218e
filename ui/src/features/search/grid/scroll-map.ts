/**
 * Maps a scroll bar of at most 8,000,000 px onto any number of rows.
 *
 * Invariants: 1. The truth is `position`, a float64 offset in virtual pixels; `scrollTop` is only
 * an input device. 2. Small movements are exact, pixel for pixel; only a drag of the thumb is mapped.
 * 3. Both ends are mapped 1:1 over 64 views, so first and last row are reached exactly.
 */

/** Longer elements are clamped, and above 2^24 px `scrollTop` loses digits (WebKitGTK 2.50). */
export const SPACER_PX_MAX = 8_000_000
/** End zones that are mapped 1:1, in views. */
const END_VIEWS = 64
/** A movement beyond so many views is a drag of the thumb. */
const STEP_VIEWS_MAX = 4

export class ScrollMap {
  private rows = 0
  private rowPx = 26
  private viewPx = 1
  private virtualOffset = 0
  private lastScrollTop = 0

  /** Offset of the top of the view in virtual pixels. */
  get position(): number {
    return this.virtualOffset
  }

  /** Height of the element that gives the scroll bar its range. */
  get spacerPx(): number {
    return Math.min(this.rows * this.rowPx, SPACER_PX_MAX)
  }

  /** Largest value of `position`. */
  get positionMax(): number {
    return Math.max(0, this.rows * this.rowPx - this.viewPx)
  }

  /** Where `scrollTop` should stand for the present position. */
  get scrollTop(): number {
    return Math.round(this.toPhysical(this.virtualOffset))
  }

  /** First row that shows, and how many pixels of it are above the view. */
  get firstRow(): { row: number; hiddenPx: number } {
    const row = Math.floor(this.virtualOffset / this.rowPx)
    return { row, hiddenPx: this.virtualOffset - row * this.rowPx }
  }

  /** Rows, their height and the view's height; the position is kept where it can be. */
  resize(rows: number, rowPx: number, viewPx: number): void {
    const topRow = this.virtualOffset / this.rowPx
    this.rows = rows
    this.viewPx = Math.max(1, viewPx)
    if (rowPx !== this.rowPx) this.virtualOffset = topRow * rowPx
    this.rowPx = rowPx
    this.virtualOffset = this.clamp(this.virtualOffset)
  }

  /** Takes in what the scroll bar says; true when the position changed. */
  scrolled(scrollTop: number): boolean {
    const moved = scrollTop - this.lastScrollTop
    if (moved === 0) return false
    this.lastScrollTop = scrollTop
    const before = this.virtualOffset
    const step = Math.abs(moved) <= STEP_VIEWS_MAX * this.viewPx
    this.virtualOffset = this.clamp(
      this.isIdentity ? scrollTop : step ? before + moved : this.toVirtual(scrollTop),
    )
    return this.virtualOffset !== before
  }

  /** Goes to a position; the caller then sets `scrollTop` to the value returned. */
  moveTo(position: number): number {
    this.virtualOffset = this.clamp(position)
    this.lastScrollTop = this.scrollTop
    return this.lastScrollTop
  }

  /** Where the scroll bar belongs after a rest; a pending movement must be taken in first. */
  resync(): number {
    return this.moveTo(this.virtualOffset)
  }

  /** The position that brings a row into view with the least movement. */
  reveal(row: number, marginRows = 0): number {
    const top = (row - marginRows) * this.rowPx
    const bottom = (row + 1 + marginRows) * this.rowPx
    if (top < this.virtualOffset) return this.clamp(top)
    if (bottom > this.virtualOffset + this.viewPx) return this.clamp(bottom - this.viewPx)
    return this.virtualOffset
  }

  /** The position that puts a row into the middle of the view. */
  centre(row: number): number {
    return this.clamp((row + 0.5) * this.rowPx - this.viewPx / 2)
  }

  private get isIdentity(): boolean {
    return this.rows * this.rowPx <= SPACER_PX_MAX
  }

  private clamp(position: number): number {
    return Math.min(Math.max(0, position), this.positionMax)
  }

  private get physicalMax(): number {
    return Math.max(0, this.spacerPx - this.viewPx)
  }

  private get endPx(): number {
    return Math.min(END_VIEWS * this.viewPx, this.physicalMax / 4)
  }

  /** Virtual pixels per physical pixel between the end zones. */
  private get factor(): number {
    return (this.positionMax - 2 * this.endPx) / (this.physicalMax - 2 * this.endPx)
  }

  private toVirtual(physical: number): number {
    if (this.isIdentity) return physical
    const end = this.endPx
    if (physical <= end) return physical
    if (physical >= this.physicalMax - end) return this.positionMax - (this.physicalMax - physical)
    return end + (physical - end) * this.factor
  }

  private toPhysical(position: number): number {
    if (this.isIdentity) return position
    const end = this.endPx
    if (position <= end) return position
    if (position >= this.positionMax - end) return this.physicalMax - (this.positionMax - position)
    return end + (position - end) / this.factor
  }
}
