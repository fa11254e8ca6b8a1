import { spawnSync } from 'node:child_process'
import { jars } from './reference.ts'

/** What Apache Kafka's kafka-dump-log prints with these arguments. Throws where it fails. */
export function dumpLog(...options: readonly string[]): readonly string[] {
  const tool = 'org.apache.kafka.tools.DumpLogSegments'
  const { status, stdout, stderr } = spawnSync('java', ['-cp', `${jars}/*`, tool, ...options], {
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 256 * 1024 * 1024,
  })
  if (status !== 0) throw new Error(`the dump tool failed: ${stderr}`)
  return stdout.split('\n')
}
