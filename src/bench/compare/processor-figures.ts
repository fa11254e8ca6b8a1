/** What a client and a broker spent on the records of a case. */
export interface Spent {
  readonly seconds: number
  readonly records: number
  readonly bytes: number
  readonly clientCpuSeconds: number
  /** Undefined where there is no process to read it from. */
  readonly brokerCpuSeconds: number | undefined
}

/** The same under the names of the tables; of the broker only what is known. */
export interface ProcessorFigures {
  /** Cores that the client used. */
  readonly clientCores: number
  /** Its share of its own and the broker's CPU time. */
  readonly clientShare?: number
  readonly brokerCpuSecondsPerGb?: number
  readonly brokerCpuSecondsPerMillionRecords?: number
}

/** See {@link ProcessorFigures}. */
export function processorFigures(spent: Spent): ProcessorFigures {
  const { seconds, records, bytes, clientCpuSeconds, brokerCpuSeconds } = spent
  const clientCores = clientCpuSeconds / seconds
  if (brokerCpuSeconds === undefined || records === 0) return { clientCores }
  return {
    clientCores,
    clientShare: clientCpuSeconds / (clientCpuSeconds + brokerCpuSeconds),
    brokerCpuSecondsPerGb: brokerCpuSeconds / (bytes / 1e9),
    brokerCpuSecondsPerMillionRecords: brokerCpuSeconds / (records / 1e6),
  }
}
