import { writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { chartData } from './chart.ts'
import { drawChart } from './chart-svg.ts'
import { methodLines, workloadBlocks } from './comparison-report.ts'
import { escaped } from './markup.ts'
import type { Results } from './results.ts'

const style = `
body { font: 15px/1.5 system-ui, sans-serif; color: #111827; max-width: 980px; margin: 2em auto; }
table { border-collapse: collapse; margin: 1em 0; font-variant-numeric: tabular-nums; }
th, td { padding: 2px 10px; text-align: right; border-bottom: 1px solid #e5e7eb; }
th:first-child, td:first-child { text-align: left; }
svg { max-width: 100%; height: auto; }
.MISSED { color: #b91c1c; font-weight: 600; }
.held { color: #15803d; }
div.wide { overflow-x: auto; }
`

/** Writes the page, which holds its charts, and beside it each chart as a file of its own. */
export function writeHtml(file: string, results: Results): void {
  const charts = new Map<string, string>()
  for (const workload of results.workloads) {
    const chart = drawChart(chartData(workload, results.sides))
    charts.set(workload.name, chart)
    const name = `${basename(file).replace(/\.html?$/, '')}.${workload.name}.svg`
    writeFileSync(join(dirname(file), name), chart)
  }
  writeFileSync(file, htmlPage(results, charts))
}

/** The page; `charts` are SVG texts by workload. */
export function htmlPage(results: Results, charts: ReadonlyMap<string, string>): string {
  const method = methodLines(results).map((line) => `<li>${escaped(line)}</li>`)
  const workloads = results.workloads.map((workload) => {
    const blocks = workloadBlocks(workload, results).slice(1)
    const parts = blocks.map((block) =>
      typeof block === 'string' ? paragraph(block) : htmlTable(block),
    )
    const chart = charts.get(workload.name) ?? ''
    const intro = `<h2>${escaped(workload.name)}</h2>\n<p>${escaped(workload.standsFor)}.</p>`
    return [intro, chart, ...parts].join('\n')
  })
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<title>${escaped(results.sides.join(' beside '))}</title><style>${style}</style></head><body>`,
    `<h1>${escaped(results.sides.join(' beside '))}</h1>`,
    `<ul>${method.join('\n')}</ul>`,
    ...workloads,
    '</body></html>\n',
  ].join('\n')
}

function paragraph(text: string): string {
  const verdict = /^(held|MISSED):/.exec(text)?.[1]
  return `<p${verdict === undefined ? '' : ` class="${verdict}"`}>${escaped(text)}</p>`
}

function htmlTable([heads = [], ...rows]: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]) =>
    `<tr>${row.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`
  const lines = [cells('th', heads), ...rows.map((row) => cells('td', row))]
  return `<div class="wide"><table>\n${lines.join('\n')}\n</table></div>`
}
