import { type BrokerOptions, BrokerProcess } from '../broker/broker-process.ts'
import { fillPageCache } from './page-cache.ts'

/** A broker that has started rests this long before its idle memory is read. */
export const restMs = 1_500

/** How {@link startWarm} starts a broker. */
export interface WarmStart extends BrokerOptions {
  /** Leaves memory as it is instead of filling it with page cache before. */
  readonly cold: boolean
}

/** Starts a broker on a new folder, in memory that is full of page cache. */
export async function startWarm({ cold, ...options }: WarmStart): Promise<BrokerProcess> {
  if (!cold) {
    fillPageCache()
    // That drove the program itself out of memory: a start would wait for the disk to read it.
    const first = await BrokerProcess.start(options)
    await first.stop().finally(() => first.dispose())
  }
  return BrokerProcess.start(options)
}
