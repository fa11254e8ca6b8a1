import type { NativeReplacement } from '../addon/binding.ts'
import { ErrorCode } from '../protocol/error-codes.ts'
import type { SegmentReplacement, StoredAbortedTransaction } from './log-store.ts'
import { StorageError } from './log-store.ts'

/** A replacement of segments by the native engine. */
export class NativeSegmentReplacement implements SegmentReplacement {
  readonly #native: NativeReplacement
  readonly #checkpoint: () => Promise<void>

  /** `checkpoint` moves the recovery points of the log's directory up, durably. */
  constructor(native: NativeReplacement, checkpoint: () => Promise<void>) {
    this.#native = native
    this.#checkpoint = checkpoint
  }

  async append(batches: Uint8Array): Promise<void> {
    await this.#native.append(batches)
  }

  /** The engine wants the recovery point behind what is replaced; mostly it is. */
  async commit(aborted: readonly StoredAbortedTransaction[]): Promise<boolean> {
    try {
      return await this.#native.commit(aborted)
    } catch (error) {
      const isEarly = error instanceof StorageError && error.code === ErrorCode.INVALID_REQUEST
      if (!isEarly) throw error
    }
    await this.#checkpoint()
    return await this.#native.commit(aborted)
  }

  async discard(): Promise<void> {
    await this.#native.discard()
  }
}
