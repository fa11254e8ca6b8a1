import { randomBelow, seededRandom } from '../../src/base/random.ts'

/** Lines of JSON, as records often are: about half of each is alike. The same at each call. */
export function jsonLines(bytes: number): Buffer {
  const random = seededRandom(7)
  const lines: string[] = []
  for (let length = 0; length < bytes; length += lines.at(-1)?.length ?? 0) {
    const id = randomBelow(random, 1e9)
    lines.push(JSON.stringify({ id, user: `user-${id % 9973}`, amount: id / 100, state: 'paid' }))
  }
  return Buffer.from(lines.join('')).subarray(0, bytes)
}
