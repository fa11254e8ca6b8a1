// One build at a time in a checkout: a second one waits for the first.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from './native-sources.mjs'

const file = join(root, 'build', '.lock')

function holderIsGone() {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0)
    return false
  } catch (error) {
    return error.code !== 'EPERM'
  }
}

/** Runs `work` while no other build runs in this checkout; passes on what it returns. */
export async function withBuildLock(work) {
  mkdirSync(join(root, 'build'), { recursive: true })
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    await sleep(100)
    if (holderIsGone()) rmSync(file, { force: true })
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}
