import type { LoadOptions } from '../harness/load-generator.ts'

/** Where and how long a case runs. */
export interface CasePlace {
  readonly address: string
  /** The broker's process, whose CPU time is measured. */
  readonly pid: number | undefined
  /** Where it keeps its records, where it was started here. */
  readonly dataFolder: string | undefined
  /** Whether memory is to be full of page cache. */
  readonly fillsMemory: boolean
  /** A topic that is not there yet. */
  readonly topic: string
  readonly topicConfigs: Readonly<Record<string, string>>
  readonly secondsMax: number
}

/** Options of odradek-load that name the place, and create its topic. */
export function dataOptions(partitions: number, place: CasePlace): LoadOptions {
  const configs = Object.entries(place.topicConfigs).map(([name, value]) => `${name}=${value}`)
  const topic = { topic: place.topic, create: true, 'topic-config': configs } as const
  return { broker: place.address, partitions, ...topic }
}
