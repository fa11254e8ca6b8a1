/** Apache Kafka's own command-line tools: one flow, a call of a tool each, in their order. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { apiVersionsApi } from '../../../src/protocol/generated/18-api-versions.ts'
import { BrokerProcess } from '../broker-process.ts'
import { brokerSettings, nodeId } from '../cases/stage.ts'
import { notWanted, skipAll } from '../cases/suite.ts'
import { setUp } from '../client-tools.ts'
import { RawConnection } from '../raw-connection.ts'
import { ask } from '../typed-request.ts'
import { runTool, type ToolName } from './tool.ts'

const client = 'kafka-tools'
const version = '4.3.1'
const topic = 'orders'
const group = 'readers'
const records = 300
const describeLogDirsKey = 35

const reason = notWanted(client)
const { command = [], obstacle } =
  reason === undefined ? setUp(join(import.meta.dirname, 'setup.sh')) : { obstacle: reason }
if (obstacle !== undefined) skipAll(client, obstacle)
else describe(client, runAll)

function runAll(): void {
  let broker: BrokerProcess
  beforeAll(async () => {
    broker = await BrokerProcess.start({ settings: brokerSettings })
  })
  afterAll(async () => {
    await broker?.dispose()
  })
  beforeEach(({ task }) => {
    Object.assign(task.meta, { client, version })
  })

  /** What the tool prints; throws where it does not end well. */
  async function run(name: ToolName, args: readonly string[], input = ''): Promise<string> {
    const { status, output } = await tool(name, args, input)
    if (status !== 0) throw new Error(`${name} ended with ${status}: ${output}`)
    return output
  }

  function tool(name: ToolName, args: readonly string[], input = '') {
    const address = ['--bootstrap-server', broker.address]
    return runTool(command[0] ?? '', name, [...address, ...args], input)
  }

  it('kafka-topics --create, with partitions and a config', async () => {
    const configs = ['--config', 'retention.ms=123456789']
    const output = await run('kafka-topics', [
      ...['--create', '--topic', topic, '--partitions', '3'],
      ...configs,
    ])
    expect(output).toContain(`Created topic ${topic}.`)
  })

  it('kafka-topics --describe', async () => {
    const output = await run('kafka-topics', ['--describe', '--topic', topic])
    expect(output).toMatch(
      /PartitionCount: 3\tReplicationFactor: 1\tConfigs: .*retention.ms=123456789/,
    )
    expect(
      output.match(new RegExp(`Leader: ${nodeId}\tReplicas: ${nodeId}\tIsr: 1`, 'g')),
    ).toHaveLength(3)
  })

  it('kafka-topics --alter adds partitions', async () => {
    await run('kafka-topics', ['--alter', '--topic', topic, '--partitions', '4'])
  })

  it('kafka-configs sets a topic config and describes it', async () => {
    const entity = ['--entity-type', 'topics', '--entity-name', topic]
    await run('kafka-configs', ['--alter', ...entity, '--add-config', 'segment.bytes=2000000'])
    const output = await run('kafka-configs', ['--describe', ...entity])
    expect(output).toContain('segment.bytes=2000000')
    expect(output).toContain('DYNAMIC_TOPIC_CONFIG:segment.bytes=2000000')
  })

  it('kafka-console-producer sends keys and values, compressed', async () => {
    const lines = Array.from({ length: records }, (_, i) => `key-${i % 20}:value ${i}\n`)
    await run(
      'kafka-console-producer',
      [
        ...['--topic', topic, '--compression-codec', 'zstd'],
        ...['--reader-property', 'parse.key=true', '--reader-property', 'key.separator=:'],
      ],
      lines.join(''),
    )
  })

  it('kafka-get-offsets counts them', async () => {
    const output = await run('kafka-get-offsets', ['--topic', topic])
    const ends = [...output.matchAll(/^orders:(\d):(\d+)$/gm)].map((match) => Number(match[2]))
    expect(ends).toHaveLength(4)
    expect(ends.reduce((sum, end) => sum + end, 0)).toBe(records)
  })

  it('kafka-console-consumer reads them as a group', async () => {
    const output = await run('kafka-console-consumer', [
      ...['--topic', topic, '--group', group, '--from-beginning'],
      ...['--max-messages', String(records), '--timeout-ms', '60000'],
      ...['--formatter-property', 'print.key=true', '--formatter-property', 'key.separator=:'],
    ])
    const lines = output.split('\n').filter((line) => line.startsWith('key-'))
    const expected = Array.from({ length: records }, (_, i) => `key-${i % 20}:value ${i}`)
    expect(lines.sort()).toEqual(expected.sort())
  })

  it('kafka-consumer-groups --describe shows what the group has read', async () => {
    const output = await run('kafka-consumer-groups', ['--describe', '--group', group])
    const rows = output.split('\n').filter((line) => line.startsWith(group))
    const columns = rows.map((line) => line.split(/\s+/))
    expect(columns.map((row) => row[2]).sort()).toEqual(['0', '1', '2', '3'])
    expect(columns.map((row) => row[5])).toEqual(['0', '0', '0', '0'])
    const read = columns.reduce((sum, row) => sum + Number(row[3]), 0)
    expect(read).toBe(records)
  })

  it('kafka-consumer-groups --reset-offsets', async () => {
    const output = await run('kafka-consumer-groups', [
      ...['--reset-offsets', '--group', group, '--topic', topic, '--to-earliest', '--execute'],
    ])
    const rows = output.split('\n').filter((line) => line.startsWith(group))
    expect(rows.map((line) => line.trim().split(/\s+/)[3])).toEqual(['0', '0', '0', '0'])
  })

  it('kafka-delete-records moves the beginning', async () => {
    const file = join(broker.folder, 'delete.json')
    const partitions = [{ topic, partition: 0, offset: 2 }]
    writeFileSync(file, JSON.stringify({ version: 1, partitions }))
    const output = await run('kafka-delete-records', ['--offset-json-file', file])
    expect(output).toContain('partition: orders-0\tlow_watermark: 2')
  })

  it('kafka-log-dirs --describe', async ({ skip }) => {
    const connection = await RawConnection.open(broker.port)
    const { apiKeys } = await ask(connection, apiVersionsApi, 0, {})
    connection.close()
    const isBuilt = apiKeys.some((api) => api.apiKey === describeLogDirsKey)
    if (!isBuilt) skip('the broker does not advertise DescribeLogDirs')
    const output = await run('kafka-log-dirs', ['--describe', '--topic-list', topic])
    const json = output.split('\n').find((line) => line.startsWith('{')) ?? '{}'
    const [directory] = JSON.parse(json).brokers[0].logDirs
    expect(directory).toMatchObject({ error: null })
    expect(directory.partitions).toHaveLength(4)
  })

  it('kafka-producer-perf-test', async () => {
    const output = await run('kafka-producer-perf-test', [
      ...['--topic', topic, '--num-records', '20000', '--record-size', '100'],
      ...['--throughput', '-1', '--command-property', 'acks=all'],
    ])
    expect(output).toMatch(/^20000 records sent, /m)
  })

  it('kafka-verifiable-producer and kafka-verifiable-consumer', async () => {
    const sent = await run('kafka-verifiable-producer', [
      ...['--topic', 'verified', '--max-messages', '200', '--acks', '-1'],
    ])
    expect(sent.match(/"name":"producer_send_success"/g)).toHaveLength(200)
    const read = await run('kafka-verifiable-consumer', [
      ...['--topic', 'verified', '--group-id', 'verifiers', '--max-messages', '200'],
      ...['--reset-policy', 'earliest', '--group-protocol', 'classic'],
    ])
    const counts = [...read.matchAll(/"name":"records_consumed".*?"count":(\d+)/g)]
    expect(counts.reduce((sum, match) => sum + Number(match[1]), 0)).toBe(200)
  })

  it('kafka-broker-api-versions, kafka-metadata-quorum, kafka-features', async () => {
    const versions = await run('kafka-broker-api-versions', [])
    expect(versions).toMatch(/Produce\(0\): \d+ to \d+ \[usable: \d+\]/)
    expect(await run('kafka-metadata-quorum', ['describe', '--status'])).toMatch(/LeaderId:\s+1/)
    expect(await run('kafka-features', ['describe'])).toContain('Feature: metadata.version')
  })

  it('a refusal is told as Kafka tells it', async () => {
    const { status, output } = await tool('kafka-topics', [
      ...['--alter', '--topic', topic, '--partitions', '2'],
    ])
    expect(status).toBe(1)
    expect(output).toContain('InvalidPartitionsException')
  })

  it('kafka-topics --delete', async () => {
    await run('kafka-topics', ['--delete', '--topic', topic])
    expect((await run('kafka-topics', ['--list'])).split('\n')).not.toContain(topic)
  })
}
