import { AdminError, ClientError } from '../client/index.ts'

/**
 * What became of each item of a call of the admin: its result, or its error. Rejects with what is
 * no failure of the items.
 */
export async function outcomesOf<Result>(
  items: readonly unknown[],
  call: () => Promise<readonly Result[]>,
): Promise<readonly (Result | ClientError)[]> {
  if (items.length === 0) return []
  try {
    return await call()
  } catch (error) {
    if (error instanceof AdminError) return error.results as readonly (Result | ClientError)[]
    // A call that fails as a whole, or one for a single thing.
    if (error instanceof ClientError) return items.map(() => error)
    throw error
  }
}
