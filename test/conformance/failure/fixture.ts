import { onTestFinished, type TestContext } from 'vitest'
import { type DiskKind, MountedDisk } from '../../fixtures/mounted-disk.ts'
import { type BrokerOptions, BrokerProcess } from '../broker-process.ts'

/**
 * A disk until the end of the test, which is skipped where the machine allows none. Its image lies
 * in `parent`, a temporary folder unless given.
 */
export function useDisk(
  context: TestContext,
  kind: DiskKind,
  mebibytes: number,
  parent?: string,
): MountedDisk {
  const disk = MountedDisk.make(kind, mebibytes, parent)
  if (disk === undefined) context.skip(`no ${kind} can be mounted here`)
  onTestFinished(() => disk.dispose())
  return disk
}

/** A broker until the end of the test; what was made first, such as its disk, goes after it. */
export async function useBroker(options: BrokerOptions): Promise<BrokerProcess> {
  const broker = await BrokerProcess.start(options)
  onTestFinished(() => broker.dispose())
  return broker
}
