import { short } from '../harness/statistics.ts'
import type { ChartData, ChartRow } from './chart.ts'
import { type Axis, linearAxis, logarithmicAxis } from './chart-axis.ts'
import { escaped } from './markup.ts'

/** A part of the drawing in which figures lie, in pixels from the left. */
interface Panel {
  readonly left: number
  readonly width: number
  readonly axis: Axis
  readonly title: string
}

const widthPx = 960
const headPx = 68
const rowPx = 26
const footPx = 52
const labelPx = 220
const labelCharactersMax = 34
const marginPx = 30
/** Where bars end and latencies begin, if there are any. */
const barsEndPx = 520
const latenciesPx = 560
const ink = '#111827'
const faint = '#6b7280'
const line = '#e5e7eb'
const ours = '#2563eb'
const theirs = '#8b93a1'
const latencyTitle = 'latency, µs:  ● p50   ◆ p99   ▲ p99.9   | max'
/** The same marks as paths around their middle. */
const marks = ['M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0', 'M0,-6L6,0L0,6L-6,0Z', 'M0,-6L6,5L-6,5Z']
const maxMark = 'M-1.5,-8h3v16h-3Z'

/** Draws a chart as an SVG file: bars with a dot a round, and beside them latencies. */
export function drawChart(data: ChartData): string {
  const { rows } = data
  const latencies = rows.flatMap(({ latencyUs }) => latencyUs ?? [])
  const end = latencies.length > 0 ? barsEndPx : widthPx - marginPx
  const bars = {
    ...{ left: labelPx, width: end - labelPx, title: data.figure },
    axis: linearAxis(rows.flatMap(({ values, median }) => [median, ...values])),
  }
  const parts = [
    text(12, 28, data.title, 'font-size="18" font-weight="bold"'),
    text(12, 48, data.subtitle, `fill="${faint}"`),
    ...panel(bars, rows.length),
    ...rows.flatMap((row, i) => barOf(row, middleOf(i), bars)),
  ]
  if (latencies.length > 0) {
    const right = {
      ...{ left: latenciesPx, width: widthPx - marginPx - latenciesPx, title: latencyTitle },
      axis: logarithmicAxis(latencies),
    }
    parts.push(...panel(right, rows.length))
    parts.push(...rows.flatMap((row, i) => latenciesOf(row, middleOf(i), right)))
  }
  const height = headPx + rows.length * rowPx + footPx
  const size = `width="${widthPx}" height="${height}" viewBox="0 0 ${widthPx} ${height}"`
  const font = `font-family="sans-serif" font-size="12" fill="${ink}"`
  const label = `role="img" aria-label="${escaped(`${data.title}: ${data.subtitle}`)}"`
  const paper = `<rect width="${widthPx}" height="${height}" fill="#ffffff"/>`
  const all = [paper, ...parts].join('\n')
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${font} ${label}>\n${all}\n</svg>\n`
}

function middleOf(row: number): number {
  return headPx + (row + 0.5) * rowPx
}

/** The lines of an axis, its numbers and its title. */
function panel({ left, width, axis, title }: Panel, rows: number): readonly string[] {
  const bottom = headPx + rows * rowPx
  const ticks = axis.ticks.flatMap((tick) => {
    const x = px(left + axis.at(tick) * width)
    const numbers = text(x, bottom + 16, short(tick), `text-anchor="middle" fill="${faint}"`)
    return [`<path d="M${x},${headPx}V${bottom}" stroke="${line}"/>`, numbers]
  })
  const middle = px(left + width / 2)
  return [...ticks, text(middle, bottom + 38, title, 'text-anchor="middle"')]
}

function barOf(row: ChartRow, y: number, { left, width, axis }: Panel): readonly string[] {
  const { label, median, values } = row
  const long = label.length > labelCharactersMax
  const cut = long ? `${label.slice(0, labelCharactersMax - 1)}…` : label
  const thickness = px(rowPx * 0.6)
  const length = px(axis.at(median) * width)
  const place = `x="${left}" y="${px(y - thickness / 2)}" width="${length}" height="${thickness}"`
  const most = Math.max(median, ...values)
  return [
    text(left - 10, y + 4, cut, 'text-anchor="end"'),
    `<rect ${place} fill="${colourOf(row)}"><title>${escaped(label)}</title></rect>`,
    ...values.map((value) => {
      const x = px(left + axis.at(value) * width)
      return `<circle cx="${x}" cy="${px(y)}" r="2.5" fill="${ink}" opacity="0.6"/>`
    }),
    text(px(left + axis.at(most) * width + 8), y + 4, short(median)),
  ]
}

function latenciesOf(row: ChartRow, y: number, { left, width, axis }: Panel): readonly string[] {
  return (row.latencyUs ?? []).map((value, i) => {
    const at = `translate(${px(left + axis.at(value) * width)},${px(y)})`
    return `<path transform="${at}" d="${marks[i] ?? maxMark}" fill="${colourOf(row)}"/>`
  })
}

function colourOf({ isOurs }: ChartRow): string {
  return isOurs ? ours : theirs
}

function text(x: number, y: number, words: string, more = ''): string {
  return `<text x="${x}" y="${px(y)}" ${more}>${escaped(words)}</text>`
}

/** A place in pixels, as short as it may be written. */
function px(value: number): number {
  return Math.round(value * 10) / 10
}
