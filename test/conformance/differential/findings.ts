/** The differences of a run, by kind, with the first examples of each. */
import { errorInfo } from '../../../src/protocol/error-codes.ts'
import type { Fault } from './compare.ts'

/** One request and what came back. */
export interface Exchange {
  readonly step: number
  readonly api: string
  readonly version: number
  readonly request: unknown
  readonly kafka: unknown
  readonly odradek: unknown
}

const oftenEnough = 20

interface Kind {
  count: number
  readonly versions: Set<number>
  readonly examples: Example[]
}

interface Example {
  readonly fault: Fault
  readonly exchange: Exchange
  /** The last exchanges about the same things. */
  readonly before: readonly Exchange[]
}

const examplesMax = 2
const textMax = 6000

/** Collects differences; a kind is a place in an answer and the two codes or values there. */
export class Findings {
  readonly #kinds = new Map<string, Kind>()

  get size(): number {
    return this.#kinds.size
  }

  /** The kinds, in the order in which they were found. */
  names(): readonly string[] {
    return [...this.#kinds.keys()]
  }

  /** True if differences of this kind were noted so often that one more tells nothing. */
  isOld(fault: Fault): boolean {
    return (this.#kinds.get(nameOf(fault))?.count ?? 0) >= oftenEnough
  }

  /** Notes one difference; `before` are the last exchanges about the same things. */
  add(fault: Fault, exchange: Exchange, before: readonly Exchange[]): void {
    const name = nameOf(fault)
    const kind = this.#kinds.get(name) ?? { count: 0, versions: new Set(), examples: [] }
    this.#kinds.set(name, kind)
    kind.count++
    kind.versions.add(exchange.version)
    const isNew = kind.examples.every((example) => example.exchange.step !== exchange.step)
    if (isNew && kind.examples.length < examplesMax) kind.examples.push({ fault, exchange, before })
  }

  /** One line for each kind, most frequent first. */
  summary(): string {
    return this.#sorted()
      .map(
        ([name, { count, versions }]) =>
          `${count} x ${name} (versions ${[...versions].sort((a, b) => a - b)})`,
      )
      .join('\n')
  }

  /** All kinds with their examples. */
  report(): string {
    const lines: string[] = []
    for (const [name, { count, examples }] of this.#sorted()) {
      lines.push('', `## ${count} x ${name}`)
      for (const { fault, exchange, before } of examples) {
        lines.push(`  ${text(fault.kafka, 400)} <> ${text(fault.odradek, 400)}`)
        for (const earlier of before) lines.push(`  before: ${told(earlier, 300)}`)
        lines.push(`  * ${told(exchange, textMax)}`)
      }
    }
    return lines.join('\n')
  }

  #sorted(): [string, Kind][] {
    return [...this.#kinds].sort(([, a], [, b]) => b.count - a.count)
  }
}

function nameOf(fault: Fault): string {
  return `${fault.path}: Kafka ${brief(fault, 'kafka')}, Odradek ${brief(fault, 'odradek')}`
}

/** Codes by name, small values as they are, and of all others only that they are there. */
function brief(fault: Fault, side: 'kafka' | 'odradek'): string {
  const value = fault[side]
  if (fault.path.endsWith('rrorCode')) return errorInfo(Number(value)).name
  if (typeof value === 'string' && /^[a-z ]{0,20}$/i.test(value)) return JSON.stringify(value)
  if (value === null || typeof value === 'boolean' || value === -1 || value === 0) {
    return String(value)
  }
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`
}

function told({ step, api, version, request, kafka, odradek }: Exchange, max: number): string {
  const asked = `${step} ${api} v${version} ${text(request, max)}`
  return `${asked}\n      Kafka:   ${text(kafka, max)}\n      Odradek: ${text(odradek, max)}`
}

function text(value: unknown, max: number): string {
  return JSON.stringify(value, shown)?.slice(0, max) ?? 'nothing'
}

function shown(_: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString('hex').slice(0, 200)}`
  const isBuffer = typeof value === 'object' && value !== null && 'data' in value
  if (isBuffer && 'type' in value && value.type === 'Buffer') {
    return `x${Buffer.from(value.data as number[])
      .toString('hex')
      .slice(0, 200)}`
  }
  return value === Infinity ? 'Infinity' : value
}
