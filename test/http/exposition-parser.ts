/**
 * Reads Prometheus' text format as strictly as promtool checks it: what is not in the form, comes
 * twice, or stands in the wrong family is an error.
 */

/** A sample as it stands on its line. */
export interface ParsedSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A family with the samples under its head. */
export interface ParsedFamily {
  readonly type: string
  readonly help: string
  readonly samples: readonly ParsedSample[]
}

const name = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const helpLine = new RegExp(`^# HELP (${name}) (.+)$`)
const typeLine = new RegExp(`^# TYPE (${name}) (counter|gauge|summary|histogram)$`)
const sampleLine = new RegExp(`^(${name})(?:\\{(.*)\\})? (\\S+)$`, 's')
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y
const suffixes: Readonly<Record<string, readonly string[]>> = {
  summary: ['', '_sum', '_count'],
  histogram: ['_bucket', '_sum', '_count'],
}

/** All families of a page by their names. Throws an error that quotes the line at fault. */
export function parseExposition(text: string): Map<string, ParsedFamily> {
  const families = new Map<string, ParsedFamily & { samples: ParsedSample[] }>()
  const seen = new Set<string>()
  let help: RegExpExecArray | null = null
  let current = ''
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  for (const line of text.slice(0, -1).split('\n')) {
    const type = typeLine.exec(line)
    const sample = sampleLine.exec(line)
    if (type !== null) {
      const [, of = '', kind = ''] = type
      if (help?.[1] !== of || families.has(of)) throw new Error(`a type out of place: ${line}`)
      families.set(of, { type: kind, help: help[2] ?? '', samples: [] })
      current = of
    } else if (line.startsWith('#')) {
      help = helpLine.exec(line)
      if (help === null) throw new Error(`neither help nor type: ${line}`)
    } else if (sample !== null) {
      const family = families.get(current)
      const ends = suffixes[family?.type ?? ''] ?? ['']
      const [, full = '', inner, number = ''] = sample
      if (!ends.some((end) => full === current + end)) throw new Error(`not of ${current}: ${line}`)
      const labels = parseLabels(inner, line)
      const key = JSON.stringify([full, Object.entries(labels).sort()])
      if (seen.has(key)) throw new Error(`a sample comes twice: ${line}`)
      seen.add(key)
      family?.samples.push({ name: full, labels, value: parseValue(number, line) })
    } else if (line !== '') {
      throw new Error(`not a line of the format: ${line}`)
    }
  }
  for (const [of, family] of families) checkHistogram(of, family)
  return families
}

/** The one value of a name with exactly these labels; undefined without it. */
export function sampleValue(
  families: ReadonlyMap<string, ParsedFamily>,
  sampleName: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = JSON.stringify(Object.entries(labels).sort())
  const samples = [...families.values()].flatMap((family) => family.samples)
  return samples.find(
    (sample) =>
      sample.name === sampleName && JSON.stringify(Object.entries(sample.labels).sort()) === wanted,
  )?.value
}

function parseLabels(inner: string | undefined, line: string): Record<string, string> {
  const labels: Record<string, string> = {}
  label.lastIndex = 0
  while (inner !== undefined && label.lastIndex < inner.length) {
    const match = label.exec(inner)
    if (match === null) throw new Error(`labels out of form: ${line}`)
    const [, of = '', value = ''] = match
    if (Object.hasOwn(labels, of)) throw new Error(`a label comes twice: ${line}`)
    labels[of] = value.replace(/\\([\\"n])/g, (_, char) => (char === 'n' ? '\n' : char))
  }
  return labels
}

function parseValue(text: string, line: string): number {
  // Prometheus takes NaN in any case, and the client library writes "Nan".
  if (/^nan$/i.test(text)) return Number.NaN
  const value = /^[+-]Inf$/.test(text) ? Number(`${text}inity`) : Number(text)
  if (Number.isNaN(value)) throw new Error(`not a number: ${line}`)
  return value
}

/** Buckets rise, and the last has all. */
function checkHistogram(of: string, { type, samples }: ParsedFamily): void {
  if (type === 'counter' && samples.some(({ value }) => !(value >= 0))) {
    throw new Error(`${of} counts below zero`)
  }
  if (type !== 'histogram') return
  const series = new Map<string, ParsedSample[]>()
  for (const sample of samples.filter((one) => one.name === `${of}_bucket`)) {
    const { le: _, ...others } = sample.labels
    const key = JSON.stringify(others)
    series.set(key, [...(series.get(key) ?? []), sample])
  }
  for (const [key, buckets] of series) {
    const falls = buckets.some(({ value }, at) => value < (buckets[at - 1]?.value ?? 0))
    const count = samples.find(
      (one) => one.name === `${of}_count` && JSON.stringify(one.labels) === key,
    )
    if (
      falls ||
      buckets.at(-1)?.labels['le'] !== '+Inf' ||
      buckets.at(-1)?.value !== count?.value
    ) {
      throw new Error(`the buckets of ${of} ${key} are wrong`)
    }
  }
}
