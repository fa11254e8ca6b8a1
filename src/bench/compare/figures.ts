/** A figure as tables and charts show it. */
export interface Figure {
  /** Where it lies in the figures of a case or a broker, with dots. */
  readonly name: string
  readonly title: string
  /** What a printed number is the figure divided by. */
  readonly unit?: number
  /** Whether a ratio of it tells something: not of what the load itself fixes. */
  readonly compared: boolean
}

const mib = 1024 ** 2

/** Of a case, in the order of the columns. A table has those that its cases have. */
export const caseFigures: readonly Figure[] = [
  compared('mbPerSecond', 'MB/s'),
  compared('recordsPerSecond', 'records/s'),
  compared('requestsPerSecond', 'requests/s'),
  compared('latencyUs.p50', 'p50 µs'),
  compared('latencyUs.p99', 'p99 µs'),
  compared('latencyUs.p999', 'p99.9 µs'),
  compared('latencyUs.max', 'max µs'),
  compared('answerUs.p50', 'answered, p50 µs'),
  compared('answerUs.p99', 'answered, p99 µs'),
  { ...compared('diskMostBytes', 'disk, most MiB'), unit: mib },
  { name: 'alone.latencyUs.p99', title: 'alone: p99 µs', compared: false },
  { name: 'timesAlone.p99', title: 'p99, times alone', compared: false },
  compared('reader.mbPerSecond', "reader's MB/s"),
  { name: 'scan.latencyUs.p99', title: 'beside a scan: p99 µs', compared: false },
  { name: 'timesScan.p99', title: 'p99, times beside a scan', compared: false },
  { name: 'scan.mbPerSecond', title: "scan's MB/s", compared: false },
  compared('brokerCpuSecondsPerGb', 'CPU-s/GB'),
  compared('brokerCpuSecondsPerMillionRecords', 'CPU-s/M records'),
  compared('brokerCpuUsPerRequest', 'CPU-µs/request'),
  compared('connectionsPerSecond', 'connections/s'),
  compared('createMs', 'create ms'),
  compared('produceEachMs', 'a record in each ms'),
  compared('produceMs', 'killed: first produce ms'),
  compared('stopMs', 'clean stop ms'),
  compared('clean.produceMs', 'then: first produce ms'),
  compared('cleanStartMs', 'clean start ms'),
  compared('killedStartMs', 'killed: start ms'),
  { ...compared('loaded.residentBytes', 'RSS MiB'), unit: mib },
  { name: 'sendLagUs.p50', title: 'sent late, p50 µs', compared: false },
  { name: 'sendLagUs.p99', title: 'sent late, p99 µs', compared: false },
  { name: 'behind', title: 'never sent', compared: false },
  { name: 'segmentsDropped', title: 'segments dropped', compared: false },
  { name: 'clientCores', title: 'client cores', compared: false },
  { name: 'clientShare', title: 'client % of CPU', unit: 0.01, compared: false },
  { name: 'clientBusy', title: 'client busy %', unit: 0.01, compared: false },
  { name: 'stolenShare', title: 'stolen %', unit: 0.01, compared: false },
]

/** Of a broker's start and memory. */
export const brokerFigures: readonly Figure[] = [
  compared('firstAnswerMs', 'first answer ms'),
  compared('firstProduceMs', 'first produce ms'),
  { ...compared('idleRssBytes', 'idle RSS MiB'), unit: mib },
  { ...compared('loadedRssBytes', 'loaded RSS MiB'), unit: mib },
  { ...compared('peakRssBytes', 'peak RSS MiB'), unit: mib },
]

function compared(name: string, title: string): Figure {
  return { name, title, compared: true }
}

/**
 * The figure of that name.
 * @throws {Error} if there is none
 */
export function figureNamed(name: string): Figure {
  const found = [...caseFigures, ...brokerFigures].find((figure) => figure.name === name)
  if (found === undefined) throw new Error(`no figure is ${name}`)
  return found
}
