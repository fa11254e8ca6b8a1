/** Groups by their state, and how far each is behind. */
import type { BrokerObservation, ObservedGroup } from '../broker/index.ts'
import type { Breather } from './breather.ts'
import type { Family, Sample } from './exposition.ts'

/** States of a classic group, as ListGroups names them. */
const states = ['Empty', 'PreparingRebalance', 'CompletingRebalance', 'Stable', 'Dead'] as const

const prefix = 'kafka_coordinator_group_groupmetadatamanager'

/** Families of all groups, and of each partition that one has committed an offset of. */
export async function* groupFamilies(
  broker: Pick<BrokerObservation, 'groups' | 'log'>,
  breather: Breather,
): AsyncGenerator<Family> {
  const groups: ObservedGroup[] = []
  for await (const group of broker.groups()) {
    groups.push(group)
    if (breather.isDue) await breather.rest()
  }
  yield gauge(`${prefix}_numgroups`, 'Groups.', groups.length)
  for (const state of states) {
    const count = groups.filter((group) => group.state === state).length
    yield gauge(`${prefix}_numgroups${state.toLowerCase()}`, `Groups in state ${state}.`, count)
  }
  const offsets = groups.reduce((sum, group) => sum + group.offsets.length, 0)
  yield gauge(`${prefix}_numoffsets`, 'Offsets that groups have committed.', offsets)
  yield {
    name: 'kafka_consumergroup_current_offset',
    type: 'gauge',
    help: 'The offset that a group has committed.',
    samples: samplesOf(groups, ({ committedOffset }) => committedOffset),
  }
  yield {
    name: 'kafka_consumergroup_lag',
    type: 'gauge',
    help: 'Offsets between what a group has committed and the high watermark.',
    samples: samplesOf(groups, ({ topic, partition, committedOffset }) => {
      const end = broker.log(topic, partition)?.highWatermark()
      // Records that retention took away are not waited for any more.
      return end === undefined ? undefined : Math.max(0, end - committedOffset)
    }),
  }
}

function gauge(name: string, help: string, value: number): Family {
  return { name, type: 'gauge', help, samples: [{ value }] }
}

function* samplesOf(
  groups: readonly ObservedGroup[],
  read: (offset: ObservedGroup['offsets'][number]) => number | undefined,
): Generator<Sample> {
  for (const { groupId: consumergroup, offsets } of groups) {
    for (const offset of offsets) {
      const value = read(offset)
      const { topic, partition } = offset
      if (value !== undefined) yield { labels: { consumergroup, topic, partition }, value }
    }
  }
}
