// Cuts the power under a whole broker; started by cutBrokerPower() in a mount namespace of its own:
//   unshare --mount node scripts/run-ts.mjs test/power/broker-cuts.ts '{"fileSystem":"ext4",…}'
// The last line of its output is the report.
import { execFileSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { BrokerProcess } from '../conformance/broker-process.ts'
import { type BrokerTarget, kafkaTarget, odradekTarget } from '../conformance/broker-target.ts'
import { RawConnection } from '../conformance/raw-connection.ts'
import { createTopic } from '../conformance/raw-requests.ts'
import { MountedDisk } from '../fixtures/mounted-disk.ts'
import { AcknowledgedLoad, partitions, topic } from './acknowledged-load.ts'
import {
  type BrokerCutOptions,
  type CutReport,
  forgetfulSync,
  noCuts,
  program,
} from './power-cuts.ts'

/** Then a new disk, so that a check does not read ever more. */
const cutsPerDisk = 10
/** Room for the indexes and segments that Apache Kafka reserves. */
const diskMebibytes = 1200
const loadMsMax = { odradek: 250, kafka: 1000 }

const options = JSON.parse(process.argv[2] ?? '{}') as BrokerCutOptions
const total = noCuts()

const folder = process.cwd()
execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=0700', 'power', folder])
try {
  while (total.cuts < options.cuts)
    await useOneDisk(Math.min(cutsPerDisk, options.cuts - total.cuts))
} finally {
  execFileSync('umount', ['-l', folder])
}
const report: CutReport = total
console.log(JSON.stringify(report))

/** Some cuts, until a fault, of one broker on a new disk. */
async function useOneDisk(cuts: number): Promise<void> {
  const disk = MountedDisk.make(options.fileSystem, diskMebibytes, folder)
  if (disk === undefined) throw new Error(`no disk with ${options.fileSystem} could be made`)
  const load = new AcknowledgedLoad()
  const broker = await startBroker(disk)
  try {
    for (let done = 0; done < cuts && (await cutOnce(disk, broker, load)); done++) {}
  } catch (error) {
    total.faults.push(String(error))
    total.cuts++ // so that it comes to an end
  } finally {
    total.acknowledged += load.acknowledged
    if (broker.running) await broker.kill()
    disk.dispose()
  }
}

async function startBroker(disk: MountedDisk): Promise<BrokerProcess> {
  const settings = options.settings ?? {}
  const broker = await BrokerProcess.start({ target: target(), settings, parent: disk.path })
  execFileSync('sync', ['-f', disk.path]) // what the test itself put there
  const connection = await RawConnection.open(broker.port)
  await createTopic(connection, topic, partitions)
  connection.close()
  return broker
}

function target(): BrokerTarget {
  if (options.target === 'kafka') return kafkaTarget()
  const { forget } = options
  if (forget === undefined) return odradekTarget
  const lies = { LD_PRELOAD: forgetfulSync, ODRADEK_FORGET_SYNC: forget }
  return { ...odradekTarget, environment: () => ({ ...process.env, ...lies }) }
}

/** Load, kill, cut, at times another cut while the broker recovers, check. False after a fault. */
async function cutOnce(
  disk: MountedDisk,
  broker: BrokerProcess,
  load: AcknowledgedLoad,
): Promise<boolean> {
  const loading = load.run(broker.port)
  await sleep(randomInt(20, loadMsMax[broker.target.name]))
  await broker.kill()
  await loading
  await cutPower(disk)
  total.cuts++
  if (randomInt(4) === 0) {
    const starting = broker.start().catch(() => {})
    await sleep(randomInt(400))
    if (broker.running) await broker.kill()
    await starting
    await cutPower(disk)
    total.whileRecovering++
    total.cuts++
  }
  await broker.start().catch((error: unknown) => {
    total.lost += load.acknowledged // none of it can be had
    throw error
  })
  const { lost, faults } = await load.check(broker.port)
  total.lost += lost
  total.faults.push(...faults.slice(0, 10))
  return lost === 0 && faults.length === 0
}

/** Loses what is not synced. Nobody may be using the disk. */
async function cutPower(disk: MountedDisk): Promise<void> {
  execFileSync(program, ['--shutdown', disk.path])
  await disk.remount()
}
