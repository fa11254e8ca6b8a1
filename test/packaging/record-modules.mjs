// Preloaded with --import: writes the address of each module that is loaded to descriptor 3. What
// it needs itself it does not import: that would be loaded already where a program comes to it.
const { writeSync } = process.getBuiltinModule('node:fs')
const { register } = process.getBuiltinModule('node:module')
const { isMainThread } = process.getBuiltinModule('node:worker_threads')

// Hooks run in a thread of their own, which loads this file again.
if (isMainThread) register(import.meta.url)

export function load(url, context, nextLoad) {
  writeSync(3, `${url}\n`)
  return nextLoad(url, context)
}
