import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, describe, expect, it, test } from 'vitest'
import { type ClusterOptions, clientOptions } from '../../src/cli/client-options.ts'
import { withClusterOptions } from '../../src/cli/program/cluster-options.ts'

const folder = mkdtempSync(join(tmpdir(), 'odradek-client-options-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileOf(text: string): string {
  const file = join(folder, 'client.properties')
  writeFileSync(file, text)
  return file
}

/** What a command line makes, and what is told meanwhile. */
function made(kind: 'admin' | 'producer' | 'consumer', ...args: string[]) {
  const told: string[] = []
  const command = withClusterOptions(
    new Command('x').exitOverride().configureOutput({ writeErr() {} }),
  )
  command.parse(args, { from: 'user' })
  const options = command.opts<ClusterOptions>()
  return { options: clientOptions(kind, options, { err: (line) => told.push(line) }), told }
}

describe('where the cluster is', () => {
  it.each([
    [[], 'localhost:9092'],
    [['--bootstrap-server', 'a:1'], ['a:1']],
    [
      ['-b', 'a:1, [::1]:2'],
      ['a:1', '[::1]:2'],
    ],
    [['--broker', 'a:1'], ['a:1']],
    [['-X', 'bootstrap.servers=c:3,d:4'], 'c:3,d:4'],
    [['-X', 'bootstrap.servers=c:3', '-b', 'a:1'], ['a:1']],
  ])('%j', (args, servers) => {
    expect(made('admin', ...args).options).toEqual({
      bootstrapServers: servers,
      clientId: 'odradek-cli',
    })
  })

  it.each(['a', 'a:', 'a:0', ':1', 'a:1,', 'a:65536'])('%j is no place', (server) => {
    expect(() => made('admin', '-b', server)).toThrow('It must be HOST:PORT')
  })
})

describe('configs', () => {
  it('come from the file, and from the command line, which wins', () => {
    const file = fileOf('client.id=me\nlinger.ms=5\ngroup.id=g\nacks=1\n')
    const args = ['--command-config', file, '-X', 'linger.ms=7']
    const { options, told } = made('producer', ...args)
    expect(options).toMatchObject({ clientId: 'me', lingerMs: 7, acks: 1 })
    expect(options).not.toHaveProperty('groupId')
    expect(made('consumer', ...args).options).toMatchObject({ groupId: 'g' })
    expect(told).toEqual([])
  })

  it('that are not known are told, and passed over', () => {
    const file = fileOf('sasl.jaas.confg=x\nsend.buffer.bytes=1\nssl.truststore.password=x\n')
    const meant = "; did you mean 'sasl.jaas.config'?"
    expect(made('admin', '--command-config', file).told).toEqual([
      `odradek: ${file} line 1: unknown config 'sasl.jaas.confg', passed over${meant}`,
      `odradek: ${file} line 2: unknown config 'send.buffer.bytes', passed over.`,
    ])
  })

  it('that are not known on the command line are a mistake', () => {
    const wrong = () => made('producer', '-X', 'linger.m=1')
    expect(wrong).toThrow(
      "--command-property: unknown config 'linger.m'; did you mean 'linger.ms'?",
    )
    expect(() => made('producer', '-X', 'nothing')).toThrow('It must have the form NAME=VALUE.')
  })

  it('whose text cannot be read are a mistake with its place', () => {
    const file = fileOf('\nlinger.ms=soon\n')
    const wrong = () => made('producer', '--command-config', file)
    expect(wrong).toThrow(`${file} line 2: linger.ms is 'soon'; it has to be a whole number.`)
  })
})

describe('security', () => {
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule'
  const jaas = `sasl.jaas.config=${scram} required username="alice" password="secret";\n`
  const sasl = { mechanism: 'SCRAM-SHA-256', username: 'alice', password: 'secret' }
  const rest = `sasl.mechanism=SCRAM-SHA-256\n${jaas}ssl.truststore.certificates=PEM\n`

  it.each([
    ['PLAINTEXT', {}],
    ['plaintext', {}],
    ['SSL', { tls: { ca: 'PEM' } }],
    ['SASL_PLAINTEXT', { sasl }],
    ['SASL_SSL', { sasl, tls: { ca: 'PEM' } }],
  ])('%s', (protocol, expected) => {
    const file = fileOf(`security.protocol=${protocol}\n${rest}`)
    for (const kind of ['admin', 'producer', 'consumer'] as const) {
      const { options, told } = made(kind, '--command-config', file)
      const { tls, sasl: login } = options
      expect({ ...(tls === undefined ? {} : { tls }), ...(login && { sasl: login }) }).toEqual(
        expected,
      )
      expect(told).toEqual([])
    }
  })

  test('an unknown protocol is told with those that there are', () => {
    expect(() => made('admin', '-X', 'security.protocol=TLS')).toThrow(
      "--command-property: security.protocol is 'TLS'; it has to be one of PLAINTEXT, SSL, SASL_",
    )
  })
})
