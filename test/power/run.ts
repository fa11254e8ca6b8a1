// Power cuts in number:
//   npm run power:cuts -- [cuts of the log] [of a broker] [of Apache Kafka] [of logs in a process]
// By default 5000, 500, none and 500, half of them on each file system, the controls first; of the
// last none where there are arguments.
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasKafka } from '../conformance/apache-kafka/reference.ts'
import {
  type CutReport,
  cutBrokerPower,
  cutEmbeddedPower,
  cutPower,
  type FileSystemName,
  fileSystems,
  findObstacles,
  forgotten,
  print,
} from './power-cuts.ts'

/** Cuts of one process, so that figures come from time to time. */
const logCutsAtOnce = 250
const brokerCutsAtOnce = 50
const embeddedCutsAtOnce = 50

const numbers = process.argv.slice(2).map(Number)
if (numbers.length > 4 || !numbers.every((number) => Number.isSafeInteger(number) && number >= 0)) {
  const kinds = '[cuts of the log] [of a broker] [of Apache Kafka] [of logs in a process]'
  console.error(`use: npm run power:cuts -- ${kinds}`)
  process.exit(2)
}
const [logCuts = 5000, brokerCuts = 500, kafkaCuts = 0] = numbers
const embeddedCuts = numbers[3] ?? (numbers.length === 0 ? 500 : 0)
const keep = join(tmpdir(), 'odradek-power-evidence')

/** Apache Kafka as it comes, and told to flush each record. */
const kafkaSettings = {
  'its defaults': {},
  'flush.messages=1': { 'log.flush.interval.messages': '1' },
}

const obstacles = findObstacles()
const usable = fileSystems.filter((fileSystem) => !obstacles.has(fileSystem))
if (usable.length > 0) {
  mkdirSync(keep, { recursive: true })
  await control()
  let fine = true
  fine = (await onEach(logCuts, logCutsAtOnce, cutLog)) && fine
  fine = (await onEach(brokerCuts, brokerCutsAtOnce, cutBroker)) && fine
  fine = (await onEach(embeddedCuts, embeddedCutsAtOnce, cutEmbedded)) && fine
  for (const [name, settings] of Object.entries(kafkaSettings)) await cutKafka(name, settings)
  if (!fine) {
    console.log(`log directories that were found damaged are kept in ${keep}`)
    process.exitCode = 1
  }
}

type Cut = (fileSystem: FileSystemName, cuts: number) => Promise<CutReport>

/** Half of the cuts on each file system, side by side; true if nothing was found wrong. */
async function onEach(cuts: number, atOnce: number, cut: Cut): Promise<boolean> {
  const runs = usable.map(async (fileSystem) => {
    let fine = true
    for (let left = Math.ceil(cuts / usable.length); left > 0; left -= atOnce) {
      const { lost, faults } = await cut(fileSystem, Math.min(left, atOnce))
      fine &&= lost === 0 && faults.length === 0
    }
    return fine
  })
  return (await Promise.all(runs)).every((fine) => fine)
}

async function cutLog(fileSystem: FileSystemName, cuts: number): Promise<CutReport> {
  const seed = Date.now() % 1_000_000_000
  const report = await cutPower({ fileSystem, cuts, seed, keep })
  print(`native log on ${fileSystem}, seed ${seed}`, report)
  return report
}

async function cutBroker(fileSystem: FileSystemName, cuts: number): Promise<CutReport> {
  const report = await cutBrokerPower({ fileSystem, cuts })
  print(`broker on ${fileSystem}`, report)
  return report
}

async function cutEmbedded(fileSystem: FileSystemName, cuts: number): Promise<CutReport> {
  const report = await cutEmbeddedPower({ fileSystem, cuts })
  print(`log and queue in a process on ${fileSystem}`, report)
  return report
}

async function cutKafka(name: string, settings: Readonly<Record<string, string>>): Promise<void> {
  if (kafkaCuts === 0 || !hasKafka()) return
  const [fileSystem = 'ext4'] = usable
  const options = { fileSystem, cuts: kafkaCuts, target: 'kafka', settings } as const
  const report = await cutBrokerPower(options)
  print(`Apache Kafka with ${name} on ${fileSystem}`, { ...report, faults: [] })
}

async function control(): Promise<void> {
  for (const forget of forgotten) {
    const [fileSystem = 'ext4'] = usable
    const report = await cutPower({ fileSystem, cuts: 20, seed: 1, forget })
    print(`control: native log on ${fileSystem}, ${forget} forgotten`, { ...report, faults: [] })
    if (report.lost > 0) continue
    console.log('the control lost nothing: these cuts prove nothing')
    process.exitCode = 1
  }
  if (embeddedCuts === 0) return
  const [fileSystem = 'ext4'] = usable
  const report = await cutEmbeddedPower({ fileSystem, cuts: 20, forget: forgotten[0] })
  const title = `control: log and queue in a process on ${fileSystem}, ${forgotten[0]} forgotten`
  print(title, { ...report, faults: [] })
  if (report.lost > 0) return
  console.log('the control lost nothing: these cuts prove nothing')
  process.exitCode = 1
}
