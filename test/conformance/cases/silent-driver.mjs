// A driver for driver-process.test.ts: answers backwards, refuses, writes no JSON, or ends.
import { createInterface } from 'node:readline'

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)
const held = []
say({
  ready: { client: process.env.BOOTSTRAP, version: '1', codecs: [], assignors: [], lacks: [] },
})
createInterface(process.stdin).on('line', (line) => {
  const { id, op, value } = JSON.parse(line)
  if (op === 'hold') held.push({ id, ok: value })
  if (op === 'release') for (const one of [...held.splice(0).reverse(), { id, ok: null }]) say(one)
  if (op === 'refuse')
    say({ id, error: { code: 36, name: 'TOPIC_ALREADY_EXISTS', message: value } })
  if (op === 'babble') process.stdout.write('this is no JSON\n')
  if (op === 'end') {
    process.stderr.write('out of order\n')
    process.exitCode = 3
    process.stdin.destroy()
  }
})
