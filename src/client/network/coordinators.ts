import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import type {
  FindCoordinatorRequestInput,
  FindCoordinatorResponse,
} from '../../protocol/generated/10-find-coordinator.ts'
import { ProtocolError } from '../error.ts'
import type { NodeInfo } from './metadata.ts'

/** What a coordinator coordinates. */
export type CoordinatorType = 'group' | 'transaction'

const keyTypes: Readonly<Record<CoordinatorType, number>> = { group: 0, transaction: 1 }

/** From version 4 on several keys are asked for at once. */
const severalKeysMin = 4

/** Sends a FindCoordinator request to any broker. */
type AskCoordinator = (
  request: (version: number) => FindCoordinatorRequestInput,
) => Promise<FindCoordinatorResponse>

/** Remembers which broker coordinates which group or transactional id, and asks for the others. */
export class Coordinators {
  readonly #known = new Map<string, number>()
  /** Questions under way, so that each is asked once. */
  readonly #asked = new Map<string, Promise<number>>()
  readonly #ask: AskCoordinator
  readonly #learn: (node: NodeInfo) => void

  /** @param learn is told of the broker that was found. */
  constructor(ask: AskCoordinator, learn: (node: NodeInfo) => void) {
    this.#ask = ask
    this.#learn = learn
  }

  /** The coordinator's node id. Rejects with the broker's reason; most of them pass. */
  find(type: CoordinatorType, key: string): Promise<number> {
    const name = `${type} ${key}`
    const known = this.#known.get(name)
    if (known !== undefined) return Promise.resolve(known)
    const asked = this.#asked.get(name)
    if (asked !== undefined) return asked
    assert(!this.#known.has(name), 'what is known is not asked for')
    const asking = this.#find(type, key).finally(() => this.#asked.delete(name))
    this.#asked.set(name, asking)
    return asking
  }

  /** The coordinator said that it is none, or does not answer. */
  forget(type: CoordinatorType, key: string): void {
    this.#known.delete(`${type} ${key}`)
  }

  /** A broker went away, and with it what it coordinated. */
  forgetNode(nodeId: number): void {
    assert(nodeId >= 0, 'a broker has an id')
    for (const [name, known] of this.#known) if (known === nodeId) this.#known.delete(name)
  }

  async #find(type: CoordinatorType, key: string): Promise<number> {
    const keyType = keyTypes[type]
    const response = await this.#ask((version) =>
      version >= severalKeysMin
        ? { keyType, coordinatorKeys: [key], key: '' }
        : { keyType, key, coordinatorKeys: [] },
    )
    const several = response.coordinators.find((one) => one.key === key)
    const found = several ?? response
    const isMissing = several === undefined && response.coordinators.length > 0
    const code = isMissing ? ErrorCode.COORDINATOR_NOT_AVAILABLE : found.errorCode
    if (code !== 0 || found.nodeId < 0) {
      const what = `Cannot find the coordinator of ${type} ${key}`
      const shown = code === 0 ? ErrorCode.COORDINATOR_NOT_AVAILABLE : code
      throw new ProtocolError(what, shown, found.errorMessage)
    }
    const { nodeId, host, port } = found
    assert(nodeId >= 0, 'a coordinator that was found has an id')
    this.#learn({ nodeId, host, port, rack: null })
    this.#known.set(`${type} ${key}`, nodeId)
    return nodeId
  }
}
