import { describeMachine } from '../harness/machine.ts'
import { median, short } from '../harness/statistics.ts'
import { tableLines } from '../harness/table.ts'
import { describeDurability, durabilityDifference, pairsMin, valuesOf } from './pairs.ts'
import type { Results, WorkloadResults } from './results.ts'
import { brokerRows, caseNames, caseRows, ratioRows } from './tables.ts'
import { judgeTargets } from './targets.ts'

/** A client whose threads are this busy is what the figure measures. */
const busyShare = 0.9

/** Beside others who use more cores than this no figure tells of the brokers alone. */
const othersCoresMax = 0.1
/** A little more decides a p99: all requests wait that are due while a thread is stopped. */
const stolenShareMax = 0.002

/** Part of a report: words, or rows of a table whose first is its heads. */
export type Block = string | readonly (readonly string[])[]

/** What was run and how, one sentence a line. */
export function methodLines(results: Results): readonly string[] {
  const { machine, sides, versions, cold, secondsMax, settings, begun, leftOut = [] } = results
  const memory = cold
    ? 'Memory was left as it was (--cold): a figure may be the first touch of a free page.'
    : 'Memory was filled with page cache before each turn.'
  const names = sides.map((side) => `${side} (${versions[side] ?? 'version unknown'})`)
  const set = Object.keys(settings).length === 0 ? 'no configs' : describeDurability(settings)
  return [
    `${names.join(' and ')} in turn on one disk, begun ${begun}.`,
    describeMachine(machine),
    memory,
    `Brokers' own defaults with ${set}; a case is measured for at most ${secondsMax} s.`,
    `Figures are medians of the rounds; ratios, ours over the other's, are medians of at least ` +
      `${pairsMin} interleaved pairs, with the least and the most.`,
    ...leftOut.map(({ what, why }) => `Left out: ${what}: ${why}.`),
  ]
}

/** What a workload gave, ratios first. */
export function workloadBlocks(results: WorkloadResults, { sides }: Results): readonly Block[] {
  const ratios = ratioRows(results, sides)
  const [first] = results.turns
  const difference = durabilityDifference(results)
  const durability = first === undefined ? '' : describeDurability(first.durability)
  const blocks: Block[] = [
    `${results.name}: ${results.standsFor}.`,
    difference ?? `Both sides: ${durability}.`,
    ...otherWork(results),
    ...stolenTime(results, sides),
    ...(typeof ratios === 'string' ? [`No ratio: ${ratios}.`] : ratios),
    caseRows(results, sides),
    brokerRows(results, sides),
    ...busyClients(results, sides),
    ...judgeTargets(results, sides),
  ]
  return blocks.filter((block) => block.length > 0)
}

/**
 * Says how busy the machine was. It does not cancel out in a ratio: on a full machine client and
 * broker may share a core, which saves the wake-up of another, and brokers gain unequally by that.
 */
function otherWork({ turns }: WorkloadResults): readonly string[] {
  const most = Math.max(0, ...turns.map(({ othersCores }) => othersCores))
  if (most <= othersCoresMax) return []
  return [`NOT QUIET: others used up to ${short(most)} cores; neither figures nor ratios count.`]
}

/** Says that the machine is a virtual one whose host let others run. */
function stolenTime(results: WorkloadResults, sides: Results['sides']): readonly string[] {
  const shares = caseNames(results).flatMap((name) =>
    sides.flatMap((side) => valuesOf(results, side, name, 'stolenShare')),
  )
  const most = Math.max(0, ...shares)
  if (most <= stolenShareMax) return []
  const percent = short(most * 100)
  return [
    `NOT QUIET: this machine's host gave up to ${percent} % of the processors' time to others; ` +
      'latencies from the p99 on hold that.',
  ]
}

/** Says where the client and not the broker was the limit. */
function busyClients(results: WorkloadResults, sides: Results['sides']): readonly string[] {
  return caseNames(results).flatMap((name) =>
    sides.flatMap((side) => {
      const share = median(valuesOf(results, side, name, 'clientBusy'))
      if (!(share >= busyShare)) return []
      const percent = Math.round(share * 100)
      return [`The client is the limit of ${name} on ${side}: its threads are ${percent} % busy.`]
    }),
  )
}

/** The whole report as lines of text. */
export function reportLines(results: Results): readonly string[] {
  const lines = [...methodLines(results)]
  for (const workload of results.workloads) {
    lines.push('')
    for (const block of workloadBlocks(workload, results)) {
      if (typeof block === 'string') lines.push(block)
      else lines.push('', ...tableLines(block).map((line) => line.trimEnd()), '')
    }
  }
  return lines
}
