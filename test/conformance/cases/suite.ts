import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { BrokerProcess } from '../broker-process.ts'
import { setUp } from '../client-tools.ts'
import { adminCases } from './admin.ts'
import { ClientDriver, Lacking } from './client-driver.ts'
import { clients } from './clients.ts'
import { consumeCases } from './consume.ts'
import { errorCases } from './errors.ts'
import { groupCases } from './groups.ts'
import { produceCases } from './produce.ts'
import { restartCases } from './restarts.ts'
import { brokerSettings, type Case, caseMsMax, Stage } from './stage.ts'
import { transactionalIdCases } from './transactional-ids.ts'
import { unknownIn } from './vocabulary.ts'

/** The cases of every client, by noun, in the order in which they run. */
export const cases: Readonly<Record<string, readonly Case[]>> = {
  produce: produceCases,
  consume: consumeCases,
  groups: groupCases,
  admin: adminCases,
  errors: errorCases,
  'transactional ids': transactionalIdCases,
  restarts: restartCases,
}

/** What the environment asks for: `all`, or names separated by commas; nothing is `npm test`. */
const wanted = process.env['CONFORMANCE_CLIENTS']

/** Why a client's suite does not run now; undefined where it does. */
export function notWanted(client: string): string | undefined {
  const everyday = clients.filter((one) => one.isEveryday).map((one) => one.name)
  const names = wanted?.split(',') ?? everyday
  if (names.includes(client) || names.includes('all')) return undefined
  return 'it is not part of npm test; npm run test:conformance runs it'
}

/** Makes a test that is skipped with a reason, which is printed and kept for the table. */
export function skipAll(client: string, reason: string): void {
  console.log(`skipped: ${client}: ${reason}`)
  it(client, (context) => skip(context, { client, reason }))
}

function skip({ task, skip }: TestContext, what: { client: string; reason: string }): never {
  Object.assign(task.meta, what)
  return skip(what.reason)
}

/** Runs all cases with the client whose driver lies in `folder`. */
export function describeClient(client: string, folder: string): void {
  const reason = notWanted(client)
  const { command, obstacle = 'it has no command' } =
    reason === undefined ? setUp(join(folder, 'setup.sh')) : { obstacle: reason }
  if (command === undefined) skipAll(client, obstacle)
  else describe(client, () => runAll(command))
}

/** For one start or stop of the reference broker on a busy machine. */
const patienceMs = 180_000

function runAll(command: readonly string[]): void {
  let broker: BrokerProcess
  let shared: ClientDriver
  beforeAll(async () => {
    broker = await BrokerProcess.start({ settings: brokerSettings, patienceMs })
    shared = await ClientDriver.start(command, broker.address)
    expect(unknownIn(shared.ready), 'what the driver says of its library').toEqual([])
  })
  afterAll(async () => {
    await shared?.close()
    await broker?.dispose()
  })
  for (const [noun, list] of Object.entries(cases)) {
    describe(noun, () => {
      for (const one of list) {
        it(one.name, { timeout: one.msMax ?? caseMsMax }, (context) =>
          runCase(one, new Stage(broker, shared, command), context),
        )
      }
    })
  }
}

async function runCase(one: Case, stage: Stage, context: TestContext): Promise<void> {
  const { client, version } = stage.client.ready
  Object.assign(context.task.meta, { client, version })
  try {
    await one.run(stage)
  } catch (error) {
    if (error instanceof Lacking) return skip(context, { client, reason: error.message })
    throw error
  } finally {
    await stage.end()
  }
  expect(stage.broker.running, 'the broker runs').toBe(true)
}
