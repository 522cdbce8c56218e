/**
 * The histogram as a uPlot with the seal lane as its plug-in. Along x it counts in shares of the
 * view, so that nanoseconds never meet a float.
 */
import uPlot from 'uplot'
import type { Histogram, VerdictWord } from '../../backend/backend'
import { compact } from '../../format/number'
import { ticks, type Tick } from '../../format/time'
import {
  bars,
  countTicks,
  heightOf,
  lane,
  marks,
  mostOf,
  nsAt,
  verdictColour,
  xOf,
  type Box,
  type Mark,
  type StackBy,
} from './layout'

export interface PlotState {
  histogram: Histogram
  stackBy: StackBy
  log: boolean
  /** Moment of the entry under the table's cursor. */
  cursorNs: bigint | undefined
}

export interface PlotEvents {
  brushed: (from: bigint, to: bigint) => void
  clicked: (ns: bigint) => void
  hovered: (ns: bigint | undefined, x: number) => void
}

const LANE_PX = 8
const LANE_GAP_PX = 5
const MARK_APART_PX = 12
const AXIS_PX = 52
const CLICK_PX = 3

export class Plot {
  private readonly chart: uPlot
  private state: PlotState
  private colours = new Map<string, string>()

  constructor(
    private readonly host: HTMLElement,
    state: PlotState,
    private readonly events: PlotEvents,
  ) {
    this.state = state
    this.chart = new uPlot(
      this.options(),
      [
        [0, 1],
        [0, 0],
      ],
      host,
    )
  }

  update(state: PlotState): void {
    this.state = state
    this.colours.clear()
    this.chart.redraw(false, true)
  }

  resize(width: number, height: number): void {
    if (width > 0 && height > 0) this.chart.setSize({ width, height })
  }

  destroy(): void {
    this.chart.destroy()
  }

  /** The plotting area in CSS pixels, for what is laid over it. */
  get box(): Box {
    const { left, top, width, height } = this.chart.bbox
    const ratio = uPlot.pxRatio
    return { x: left / ratio, y: top / ratio, w: width / ratio, h: height / ratio }
  }

  get marks(): Mark[] {
    return marks(this.state.histogram, this.box, MARK_APART_PX)
  }

  private get from(): bigint {
    return BigInt(this.state.histogram.fromNs)
  }

  private get to(): bigint {
    return BigInt(this.state.histogram.toNs)
  }

  private options(): uPlot.Options {
    const share = (ns: bigint): number =>
      Number(ns - this.from) / Math.max(1, Number(this.to - this.from))
    const axis = {
      stroke: () => this.colour('text-3'),
      font: "11px 'IBM Plex Sans Variable', sans-serif",
      ticks: { show: false },
    }
    return {
      width: Math.max(100, this.host.clientWidth),
      height: Math.max(60, this.host.clientHeight),
      legend: { show: false },
      padding: [6, 12, LANE_PX + LANE_GAP_PX, 0],
      scales: { x: { time: false, range: () => [0, 1] }, y: { range: () => [0, 1] } },
      series: [{}, { show: true, paths: () => null, points: { show: false } }],
      axes: [
        {
          ...axis,
          size: 20,
          gap: 3,
          grid: { show: false },
          splits: () => this.ticks().map((tick) => share(tick.ns)),
          values: () => this.ticks().map((tick) => tick.label),
        },
        {
          ...axis,
          size: AXIS_PX,
          gap: 4,
          grid: { show: true, width: 1, stroke: () => this.colour('line') },
          splits: () =>
            this.counts().map((count) =>
              heightOf(count, mostOf(this.state.histogram), this.state.log),
            ),
          values: () => this.counts().map((count) => compact(count)),
        },
      ],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: CLICK_PX },
        bind: { dblclick: () => null },
      },
      hooks: {
        drawClear: [(chart) => apart(chart, () => this.drawBack(chart))],
        draw: [
          (chart) => apart(chart, () => this.drawBars(chart)),
          (chart) => apart(chart, () => this.drawLane(chart)),
        ],
        setSelect: [(chart) => this.selected(chart)],
        setCursor: [(chart) => this.pointed(chart)],
        ready: [(chart) => this.listen(chart)],
      },
    }
  }

  /** Times finer than a second have long labels, and so fewer of them. */
  private ticks(): Tick[] {
    const { zoneOffsets } = this.state.histogram
    const fitting = (px: number): Tick[] => {
      const most = Math.max(2, Math.floor(this.box.w / px))
      return ticks(this.from, this.to, zoneOffsets, most)
    }
    const found = fitting(90)
    const longest = Math.max(0, ...found.map((tick) => tick.label.length))
    return longest > 10 ? fitting(170) : found
  }

  private counts(): number[] {
    return countTicks(mostOf(this.state.histogram), this.state.log)
  }

  private listen(chart: uPlot): void {
    let downX = 0
    chart.over.addEventListener('pointerdown', (event) => (downX = event.clientX))
    chart.over.addEventListener('click', (event) => {
      if (Math.abs(event.clientX - downX) <= CLICK_PX)
        this.events.clicked(this.momentAt(event.clientX))
    })
    chart.over.addEventListener('pointerleave', () => this.events.hovered(undefined, 0))
  }

  momentAt(clientX: number): bigint {
    const rect = this.chart.over.getBoundingClientRect()
    return nsAt(clientX, this.from, this.to, { x: rect.left, y: 0, w: rect.width, h: 1 })
  }

  private selected(chart: uPlot): void {
    const { left, width } = chart.select
    if (width <= CLICK_PX) return
    const box: Box = { x: 0, y: 0, w: chart.over.clientWidth, h: 1 }
    const from = nsAt(left, this.from, this.to, box)
    const to = nsAt(left + width, this.from, this.to, box)
    chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
    this.events.brushed(from, to)
  }

  private pointed(chart: uPlot): void {
    const left = chart.cursor.left ?? -1
    if (left < 0) return
    const box: Box = { x: 0, y: 0, w: chart.over.clientWidth, h: 1 }
    this.events.hovered(nsAt(left, this.from, this.to, box), left + this.box.x)
  }

  /** Silence, missing entries and what is not indexed yet stand behind the bars. */
  private drawBack(chart: uPlot): void {
    const { ctx } = chart
    const box = canvasBox(chart)
    const hatch = (from: bigint, to: bigint, colour: string, text: string): void => {
      const left = Math.max(box.x, xOf(from, this.from, this.to, box))
      const right = Math.min(box.x + box.w, xOf(to, this.from, this.to, box))
      if (right - left < 1) return
      stripes(ctx, { x: left, y: box.y, w: right - left, h: box.h }, this.colour(colour))
      if (right - left < text.length * 7 * uPlot.pxRatio) return
      ctx.fillStyle = this.colour('text-3')
      ctx.font = `${11 * uPlot.pxRatio}px 'IBM Plex Sans Variable', sans-serif`
      ctx.textAlign = 'center'
      ctx.fillText(text, (left + right) / 2, box.y + box.h / 2)
    }
    const { gaps, indexedToNs } = this.state.histogram
    for (const gap of gaps) {
      const text = gap.missing > 0 ? `✕ ${compact(gap.missing)} missing` : 'no entries'
      hatch(BigInt(gap.fromNs), BigInt(gap.toNs), gap.missing > 0 ? 'broken' : 'line', text)
    }
    if (indexedToNs !== null) hatch(BigInt(indexedToNs), this.to, 'line', 'not indexed yet')
  }

  private drawBars(chart: uPlot): void {
    const { histogram, stackBy, log, cursorNs } = this.state
    const box = canvasBox(chart)
    for (const bar of bars(histogram, stackBy, log, box)) {
      chart.ctx.fillStyle = this.colour(bar.colour)
      chart.ctx.fillRect(bar.x, bar.y, bar.w, bar.h)
    }
    if (cursorNs === undefined || cursorNs < this.from || cursorNs >= this.to) return
    chart.ctx.fillStyle = this.colour('focus')
    chart.ctx.fillRect(
      Math.round(xOf(cursorNs, this.from, this.to, box)),
      box.y,
      uPlot.pxRatio,
      box.h,
    )
  }

  private drawLane(chart: uPlot): void {
    const ratio = uPlot.pxRatio
    const plot = canvasBox(chart)
    const top = chart.ctx.canvas.height - (LANE_PX + 2) * ratio
    const box: Box = { x: plot.x, y: top, w: plot.w, h: LANE_PX * ratio }
    const { ctx } = chart
    ctx.fillStyle = this.colour('text-3')
    ctx.font = `${11 * ratio}px 'IBM Plex Sans Variable', sans-serif`
    ctx.textAlign = 'right'
    ctx.fillText('seal', plot.x - 6 * ratio, top + box.h * 0.8)
    for (const piece of lane(this.state.histogram.sealLane, this.from, this.to, box)) {
      drawPiece(ctx, piece, piece.verdict, this.colour(verdictColour(piece.verdict)), ratio)
    }
    for (const mark of marks(this.state.histogram, box, MARK_APART_PX * ratio)) {
      ctx.fillStyle = this.colour('bg1')
      ctx.fillRect(mark.x - 6 * ratio, top - 2 * ratio, 12 * ratio, box.h + 4 * ratio)
      if (mark.kind === 'break')
        drawCross(ctx, mark.x, top + box.h / 2, this.colour('broken'), ratio)
      else drawStepBack(ctx, mark.x, top + box.h / 2, this.colour('consistent'), ratio)
    }
  }

  private colour(token: string): string {
    let colour = this.colours.get(token)
    if (colour === undefined) {
      colour = getComputedStyle(this.host).getPropertyValue(`--${token}`).trim()
      this.colours.set(token, colour)
    }
    return colour
  }
}

/** uPlot remembers what it set on the canvas; whatever we set has to be taken back. */
function apart(chart: uPlot, draw: () => void): void {
  chart.ctx.save()
  draw()
  chart.ctx.restore()
}

function canvasBox(chart: uPlot): Box {
  const { left, top, width, height } = chart.bbox
  return { x: left, y: top, w: width, h: height }
}

function stripes(ctx: CanvasRenderingContext2D, box: Box, colour: string): void {
  ctx.save()
  ctx.beginPath()
  ctx.rect(box.x, box.y, box.w, box.h)
  ctx.clip()
  ctx.strokeStyle = colour
  ctx.lineWidth = uPlot.pxRatio
  const step = 7 * uPlot.pxRatio
  for (let x = box.x - box.h; x < box.x + box.w; x += step) {
    ctx.beginPath()
    ctx.moveTo(x, box.y + box.h)
    ctx.lineTo(x + box.h, box.y)
    ctx.stroke()
  }
  ctx.restore()
}

/** Each verdict has its own pattern: the lane is read without its colours too. */
function drawPiece(
  ctx: CanvasRenderingContext2D,
  box: Box,
  verdict: VerdictWord,
  colour: string,
  ratio: number,
): void {
  ctx.save()
  ctx.strokeStyle = colour
  ctx.lineWidth = (verdict === 'intact' ? 6 : verdict === 'unproven' ? 4 : 2) * ratio
  const dash: Partial<Record<VerdictWord, number[]>> = {
    unproven: [8, 3, 2, 3],
    unsealed: [2, 3],
    unchecked: [1, 4],
  }
  ctx.setLineDash((dash[verdict] ?? []).map((length) => length * ratio))
  const middle = box.y + box.h / 2
  for (const y of verdict === 'consistent' ? [middle - 2 * ratio, middle + 2 * ratio] : [middle]) {
    ctx.beginPath()
    ctx.moveTo(box.x, y)
    ctx.lineTo(box.x + box.w, y)
    ctx.stroke()
  }
  ctx.restore()
}

function drawCross(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  colour: string,
  ratio: number,
): void {
  const arm = 4 * ratio
  ctx.strokeStyle = colour
  ctx.lineWidth = 2 * ratio
  ctx.beginPath()
  ctx.moveTo(x - arm, y - arm)
  ctx.lineTo(x + arm, y + arm)
  ctx.moveTo(x + arm, y - arm)
  ctx.lineTo(x - arm, y + arm)
  ctx.stroke()
}

function drawStepBack(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  colour: string,
  ratio: number,
): void {
  const arm = 4 * ratio
  ctx.strokeStyle = colour
  ctx.lineWidth = 1.5 * ratio
  ctx.beginPath()
  ctx.moveTo(x + arm, y)
  ctx.lineTo(x - arm, y)
  ctx.moveTo(x - arm + 3 * ratio, y - 3 * ratio)
  ctx.lineTo(x - arm, y)
  ctx.lineTo(x - arm + 3 * ratio, y + 3 * ratio)
  ctx.stroke()
}
