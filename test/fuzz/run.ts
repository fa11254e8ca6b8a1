// libFuzzer on every target: npm run fuzz -- [seconds each, 60 by default] [target…]
import { type Target, targets } from './corpus.ts'
import { buildFuzzers, fuzz, works } from './fuzzers.ts'

const [seconds = '60', ...chosen] = process.argv.slice(2)
const unknown = chosen.filter((name) => !targets.includes(name as Target))

if (unknown.length > 0 || !(Number(seconds) > 0)) {
  console.error(`use: npm run fuzz -- [seconds] [target…]; targets are ${targets.join(', ')}`)
  process.exitCode = 2
} else if (!works('clang++')) {
  console.log(
    'skipped: fuzzers because clang++ is not installed; Debian: clang, libclang-rt-14-dev',
  )
} else if (!buildFuzzers()) {
  process.exitCode = 1
} else {
  for (const target of targets.filter((name) => chosen.length === 0 || chosen.includes(name))) {
    const { fine, output } = fuzz(target, Number(seconds))
    const runs = /stat::number_of_executed_units:\s*(\d+)/.exec(output)?.[1] ?? 'unknown'
    console.log(`${target}: ${runs} runs in ${seconds} s, ${fine ? 'nothing found' : 'FAILED'}`)
    if (fine) continue
    console.log(output.split('\n').slice(-60).join('\n'))
    process.exitCode = 1
  }
}
