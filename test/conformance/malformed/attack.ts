import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { type Random, randomBelow, seededRandom } from '../../../src/base/random.ts'
import { frameOf, RawConnection } from '../raw-connection.ts'
import { type Expectation, expectationOf } from './expectation.ts'
import { mutations, pick } from './mutations.ts'
import type { Sample, SampleContext } from './samples.ts'

/** The longest that a broker may take for what it owes at once, even on a busy machine. */
const promptMsMax = 10_000
/** How long a request that may wait is waited for. */
const patienceMs = 150
const apiVersionsKey = 18
const names = Object.keys(mutations)

/** How the broker took it. */
export type Outcome = 'answered' | 'closed' | 'waiting' | 'hang'

/** One mutated frame, or several at once, as its seed describes them. */
export interface Attack {
  readonly seed: number
  readonly bytes: Buffer
  readonly expectation: Expectation
  /** Name of the API, version and mutations, for reports. */
  readonly description: string
  /** Bytes per write; 0 is all at once. */
  readonly pieceBytes: number
  /** End the sending side right behind the bytes, which also ends what is incomplete. */
  readonly halfClose: boolean
  /** Mutated frames in `bytes`. */
  readonly frames: number
}

/** Versions of an API that the broker under test advertises and that have a codec. */
export interface Attackable {
  readonly sample: Sample
  readonly versionMin: number
  readonly versionMax: number
}

/** The attack that belongs to a seed; the same seed and context give the same bytes. */
export function attackOf(
  seed: number,
  targets: readonly Attackable[],
  context: SampleContext,
): Attack {
  const random = seededRandom(seed)
  const pipelined = randomBelow(random, 10) === 0
  const frames = pipelined ? 2 + randomBelow(random, 4) : 1
  const parts = Array.from({ length: frames }, () => mutatedFrame(random, targets, context))
  const bytes = Buffer.concat(parts.map((part) => part.bytes))
  const expectation = expectationOf(bytes)
  return {
    seed,
    bytes,
    expectation,
    description: parts.map((part) => part.description).join(', '),
    pieceBytes: randomBelow(random, 5) === 0 ? 1 + randomBelow(random, bytes.length + 1) : 0,
    // Most incomplete frames end at once; the others let the broker wait for a while.
    halfClose: randomBelow(random, 20) < (expectation === 'incomplete' ? 18 : 1),
    frames,
  }
}

function mutatedFrame(
  random: Random,
  targets: readonly Attackable[],
  context: SampleContext,
): { bytes: Buffer; description: string } {
  const { sample, versionMin, versionMax } = pick(targets, random)
  const version = versionMin + randomBelow(random, versionMax - versionMin + 1)
  const name = pick(names, random)
  const valid = Buffer.from(sample.frame(context, version, random.uint32() & 0x7fffffff, random))
  const bytes = mutations[name]?.(valid, random) ?? valid
  return { bytes, description: `${sample.api.name} v${version} ${name}` }
}

/** Sends attacks over one connection after another and judges what comes back. */
export class Attacker {
  readonly #port: number
  #connection: RawConnection | undefined
  #pings = 0

  constructor(port: number) {
    this.#port = port
  }

  /** Carries one attack out. The connection is used again where it still can be. */
  async run(attack: Attack): Promise<Outcome> {
    this.#connection ??= await RawConnection.open(this.#port)
    const connection = this.#connection
    await this.#send(connection, attack)
    const outcome = attack.halfClose
      ? await closes(connection, attack)
      : await this.#ping(connection, attack)
    if (outcome !== 'answered') {
      connection.close()
      this.#connection = undefined
    }
    return outcome
  }

  close(): void {
    this.#connection?.close()
    this.#connection = undefined
  }

  async #send(connection: RawConnection, { bytes, pieceBytes }: Attack): Promise<void> {
    if (pieceBytes === 0) return connection.send(bytes)
    for (let at = 0; at < bytes.length && !connection.closed; at += pieceBytes) {
      connection.send(bytes.subarray(at, at + pieceBytes))
      // One byte at a time would take long; a few turns already split what the broker reads.
      if (at < 20 * pieceBytes) await nextTurn()
    }
  }

  /** A valid request behind the attack: answers come in order, so its answer ends the attack. */
  async #ping(connection: RawConnection, attack: Attack): Promise<Outcome> {
    // Above every id that a sample uses in its unmutated form.
    const id = -1 - (this.#pings++ & 0xffff)
    connection.send(frameOf(apiVersionsKey, 0, id, Buffer.alloc(0)))
    const answered = untilAnswer(connection, id)
    if (attack.expectation === 'prompt') return within(answered, promptMsMax, 'hang')
    const outcome = await within(answered, patienceMs, 'waiting')
    if (outcome !== 'waiting' || attack.expectation === 'mayWait') return outcome
    return closes(connection, attack)
  }
}

/** Ends the sending side; the broker has to close the connection, or finish what may wait. */
async function closes(connection: RawConnection, attack: Attack): Promise<Outcome> {
  connection.socket.end()
  const closed = untilClosed(connection)
  if (attack.expectation === 'mayWait') return within(closed, patienceMs, 'waiting')
  return within(closed, promptMsMax, 'hang')
}

async function untilAnswer(connection: RawConnection, id: number): Promise<Outcome> {
  for (;;) {
    const answer = await connection.nextAnswer()
    if (answer === undefined) return 'closed'
    if (answer.length >= 4 && answer.readInt32BE(0) === id) return 'answered'
  }
}

async function untilClosed(connection: RawConnection): Promise<Outcome> {
  while ((await connection.nextAnswer()) !== undefined);
  return 'closed'
}

async function within(
  outcome: Promise<Outcome>,
  timeoutMs: number,
  otherwise: Outcome,
): Promise<Outcome> {
  const over = new AbortController()
  const late = sleep(timeoutMs, otherwise, { signal: over.signal }).catch(() => otherwise)
  const first = await Promise.race([outcome, late])
  over.abort()
  return first
}
