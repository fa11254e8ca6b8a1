import { dirname, join } from 'node:path'
import { setUp } from '../../test/conformance/client-tools.ts'
import { node } from '../../test/packaging/toolchain.ts'
import { runJavaTool } from './java-tools.ts'
import { runPeer } from './peer-process.ts'
import type { CaseName, Figures, Task } from './task.ts'

/** A client that takes part. */
export interface Peer {
  /** As in the tables and behind --client. */
  readonly name: string
  /** What it can do; a library without a call for a case is not measured in it. */
  readonly cases: readonly CaseName[]
  /**
   * Installs what is missing, of a pinned version, for the Node of that version.
   * @throws {Error} why it cannot be had here
   */
  prepare(nodeVersion: string): (task: Task) => Promise<Figures>
}

const folder = join(import.meta.dirname, 'peer')
const root = join(import.meta.dirname, '..', '..')
const conformance = join(root, 'test', 'conformance')
/** Where a Node takes TypeScript as it is, nothing lies between. */
const runner = join(root, 'scripts', 'run-ts.mjs')
const sends: readonly CaseName[] = ['sends', 'sends-5', 'singles-100', 'singles-10000', 'idle']
const all: readonly CaseName[] = [...sends, 'enqueue', 'one-by-one', 'by-batch']

/** The name of ours, with which the others are compared. */
export const ours = 'odradek'
/** The name of what is no client: what an idle send is compared with. */
export const bareSocket = 'bare-socket'

/** All that take part. */
export const peers: readonly Peer[] = [
  inNode(ours, all, () => []),
  inNode('kafkajs', [...sends, 'one-by-one', 'by-batch'], () => []),
  inNode('platformatic-kafka', [...sends, 'one-by-one'], () => {
    const script = join(conformance, 'platformatic-kafka', 'setup.sh')
    return had(script, []).slice(-1)
  }),
  inNode('node-rdkafka', all, (home) => had(join(folder, 'setup-node-rdkafka.sh'), [home])),
  inNode('node-rdkafka-tuned', all, (home) => [
    ...had(join(folder, 'setup-node-rdkafka.sh'), [home]),
    'tuned',
  ]),
  java('java', false),
  java('java-tuned', true),
  inNode(bareSocket, ['idle'], () => []),
]

/** A client in Node; `install` gives the arguments of its process. */
function inNode(
  name: string,
  cases: readonly CaseName[],
  install: (nodeHome: string) => readonly string[],
): Peer {
  return {
    name,
    cases,
    prepare(nodeVersion) {
      const executable = node(nodeVersion)
      const args = install(dirname(dirname(executable)))
      const file = join(folder, `${name.replace('-tuned', '')}.ts`)
      const command = [executable, '--no-warnings', runner, file, ...args]
      return (task) => runPeer(command, task)
    },
  }
}

function java(name: string, isTuned: boolean): Peer {
  return {
    name,
    cases: ['enqueue', 'by-batch'],
    prepare() {
      const [jars = ''] = had(join(conformance, 'apache-kafka', 'setup.sh'), [])
      return (task) => runJavaTool(jars, isTuned, task)
    },
  }
}

/** What a set-up script prints. */
function had(script: string, args: readonly string[]): readonly string[] {
  const { command, obstacle } = setUp(script, args)
  if (command === undefined) throw new Error(obstacle)
  return command
}
