// Reads a shared log on and tells each value, and the error that ends it.
import { parentPort, workerData } from 'node:worker_threads'
import { LogReader } from 'odradek'

const reader = await LogReader.open(workerData)
try {
  for await (const { value } of reader.read({ live: true })) parentPort.postMessage(String(value))
} catch ({ name, code, message }) {
  parentPort.postMessage({ name, code, message })
}
try {
  reader.endOffset()
} catch ({ name, code }) {
  parentPort.postMessage({ name, code })
}
