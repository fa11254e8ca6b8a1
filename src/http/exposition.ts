/**
 * Prometheus' text format, version 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats). Families come and go line by line:
 * the client library keeps every sample that it was ever told, and writes a whole family at once,
 * which for 10,000 partitions costs memory for good and holds the event loop.
 */
import { assert } from '../base/assert.ts'
import type { Breather } from './breather.ts'

/** What is told apart within a family. */
export type Labels = Readonly<Record<string, string | number>>

/** One number; `suffix` is `_count`, `_sum` or `_bucket` where the family's type has those. */
export interface Sample {
  readonly labels?: Labels
  readonly value: number
  readonly suffix?: string
}

/** Samples of one name. The order of samples and of labels is as they come. */
export interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'summary' | 'histogram'
  /** A sentence. */
  readonly help: string
  readonly samples: Iterable<Sample>
}

const nameForm = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/

/** Appends the families to a text, resting where it takes long. */
export async function renderFamilies(
  families: AsyncIterable<Family>,
  breather: Breather,
): Promise<string> {
  let text = ''
  for await (const { name, type, help, samples } of families) {
    assert(nameForm.test(name), 'a metric has a name that Prometheus takes')
    text += `# HELP ${name} ${help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')}\n`
    text += `# TYPE ${name} ${type}\n`
    for (const sample of samples) {
      text += renderSample(name, sample)
      if (breather.isDue) await breather.rest()
    }
  }
  return text
}

function renderSample(name: string, { labels, value, suffix = '' }: Sample): string {
  const told = labels === undefined ? '' : renderLabels(labels)
  return `${name}${suffix}${told} ${renderValue(value)}\n`
}

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return `{${pairs.join(',')}}`
}

function escaped(value: string | number): string {
  if (typeof value === 'number') return String(value)
  return /[\\"\n]/.test(value)
    ? value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
    : value
}

function renderValue(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}
