/** The JSON lines of a driver that is written in JavaScript (see README.md for the protocol). */
import { createInterface } from 'node:readline'

type Operations = Readonly<Record<string, (args: never) => unknown>>

/**
 * Says that it is ready, answers requests with what the operation of that name gives, and calls
 * `closeAll` at the end of the input. `describe` makes of an error what the driver tells of it.
 */
export async function serve(
  ready: object,
  operations: Operations,
  describe: (error: unknown) => object,
  closeAll: () => Promise<unknown>,
): Promise<void> {
  const say = (line: object): void => {
    process.stdout.write(`${JSON.stringify(line)}\n`)
  }
  const answer = async (line: string): Promise<void> => {
    const { id, op, ...args } = JSON.parse(line)
    try {
      const operation = operations[op]
      if (operation === undefined) throw new Error(`there is no operation ${op}`)
      say({ id, ok: (await operation(args as never)) ?? null })
    } catch (error) {
      say({ id, error: { message: String(error), ...describe(error) } })
    }
  }
  say({ ready })
  for await (const line of createInterface(process.stdin)) void answer(line)
  await closeAll()
  process.exit(0)
}

/** Bytes as the protocol has them: base64, null stays null. */
export function toBase64(bytes: Uint8Array | string | null | undefined): string | null {
  if (bytes === null || bytes === undefined) return null
  return Buffer.from(bytes as Uint8Array).toString('base64')
}

/** The bytes of a base64 string; null stays null. */
export function fromBase64(text: string | null | undefined): Buffer | null {
  return text === null || text === undefined ? null : Buffer.from(text, 'base64')
}
