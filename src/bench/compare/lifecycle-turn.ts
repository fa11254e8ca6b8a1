import { setTimeout as sleep } from 'node:timers/promises'
import { flushEach, pageCache } from '../harness/flush-mode.ts'
import { fillPageCache } from '../harness/page-cache.ts'
import { othersCores, withStolenShare } from '../harness/processor-time.ts'
import { restMs } from '../harness/warm-start.ts'
import { takePartitionTurn } from '../partitions/partition-turn.ts'
import { planLoad } from '../recovery/load-plan.ts'
import { takeTurn as takeRecoveryTurn } from '../recovery/recovery-turn.ts'
import type { LifecycleLoad, Workload } from '../workloads/workload.ts'
import type { Turn } from './results.ts'
import type { Starting } from './side.ts'

/** Whether a load starts and stops its broker itself. */
export function isLifecycle(load: { readonly client: string }): load is LifecycleLoad {
  return load.client === 'restart' || load.client === 'partitions'
}

/**
 * Runs a workload whose cases start, stop and kill brokers of their own. Durability is set by
 * configs of the broker: nobody asks it, as it is hardly up.
 */
export async function takeLifecycleTurn(
  side: string,
  { target, settings: set, parent, cold }: Starting,
  { durability: kind, cases: all }: Workload,
  round: number,
): Promise<Turn> {
  const durability = kind === 'page-cache' ? pageCache : flushEach
  const settings = { ...durability, ...set }
  const cores = await othersCores(undefined, () => sleep(restMs))
  const cases: Record<string, object> = {}
  for (const { name, load } of all) {
    if (!isLifecycle(load)) throw new Error(`${name} needs a broker that is up`)
    if (!cold) fillPageCache()
    const where = { target, settings, parent }
    cases[name] = await withStolenShare(() =>
      load.client === 'restart'
        ? takeRecoveryTurn({
            ...where,
            plan: planLoad(load.gib * 1024 ** 3, load.partitions),
          })
        : takePartitionTurn({ ...where, ...load }),
    )
  }
  return { side, round, durability, othersCores: cores, cases }
}
