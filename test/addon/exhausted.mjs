// Takes every file descriptor, then asks for a data plane; says how that went and, once there is
// room again, asks anew. Runs in a process of its own, with a low limit.
import { closeSync, openSync } from 'node:fs'
import { createRequire } from 'node:module'
import { argv } from 'node:process'

class StorageError extends Error {
  constructor(code, message) {
    super(message)
    this.code = code
  }
}

const { binary, planeOptions } = JSON.parse(argv[2])
const native = createRequire(import.meta.url)(binary)
native.initialize(StorageError)
const handlers = { onFrames: () => {}, onOpenBatches: () => {}, onConnectionsClosed: () => {} }
process.stdout.write('') // opened before there is no room for it

const taken = []
try {
  for (;;) taken.push(openSync('/dev/null'))
} catch (error) {
  if (error.code !== 'EMFILE') throw error
}
let outcome = 'started'
try {
  new native.NativeDataPlane(planeOptions, handlers)
} catch (error) {
  outcome = `${error.constructor.name} ${error.code}: ${error.message}`
}
for (const descriptor of taken) closeSync(descriptor)
await new native.NativeDataPlane(planeOptions, handlers).stop()
process.stdout.write(outcome)
