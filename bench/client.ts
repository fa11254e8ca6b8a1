/**
 * Our client beside others: `npm run bench:client -- --help`. Method: client/README.md.
 */
import { loadavg } from 'node:os'
import { chooseCases } from '../src/bench/harness/choose-cases.ts'
import { clientCases } from './client/cases.ts'
import { type ClientRun, reportClients } from './client/client-report.ts'
import { type ReadyPeer, takeClientTurn } from './client/client-turn.ts'
import { peers } from './client/peers.ts'
import { parseOptions } from './harness/options.ts'

const options = parseOptions({
  numbers: {
    records: { fallback: 6_000_000, help: 'that are there to be consumed' },
    partitions: { fallback: 6, help: 'of each topic' },
  },
  words: {
    client: { value: 'NAME[,NAME]', fallback: 'all', help: 'only these' },
    node: { value: 'VERSION', fallback: '24.21.0', help: 'that the clients run on' },
  },
  // A group's first member need not wait for others; a topic that is done with makes room.
  settings: { 'group.initial.rebalance.delay.ms': '0' },
})
const { targets, rounds, settings, parent, cold, secondsMax: seconds, numbers, words } = options
const { records = 0, partitions = 0 } = numbers
const { client = 'all', node = '' } = words

const cases = chooseCases(clientCases, options.cases)
const wanted = chooseCases(peers, client === 'all' ? [] : client.split(','))
const ready = wanted.flatMap((peer): ReadyPeer[] => {
  try {
    return [{ ...peer, run: peer.prepare(node) }]
  } catch (error) {
    console.log(`skipped: ${peer.name}: ${error instanceof Error ? error.message : error}`)
    return []
  }
})

const runs: ClientRun[] = []
for (let round = 1; round <= rounds; round++) {
  for (const target of targets) {
    const [loadBefore = 0] = loadavg()
    const figures = await takeClientTurn({
      ...{ target, settings, parent, cold, cases, seconds, records, partitions },
      peers: ready,
      round: round - 1,
      onCase: (name) => console.error(`${target.name} ${round}/${rounds} ${name}: done`),
    })
    const [loadAfter = 0] = loadavg()
    runs.push({ target: target.name, round, loadBefore, loadAfter, figures })
  }
}
reportClients(options, runs)
