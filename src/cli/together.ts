/**
 * Works on all items at once and resolves in their order. Rejects with the first failure in that
 * order once each has ended, so that nothing goes on behind a command that has failed.
 */
export async function together<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const outcomes = await Promise.allSettled([...items].map(work))
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason
    return outcome.value
  })
}
