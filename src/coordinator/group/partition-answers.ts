/**
 * The order in which Apache Kafka answers requests about partitions of which some are refused
 * before the group is asked: those come first, by topic, and what the group says of the others is
 * added to their topics or comes behind them.
 */

import { assert } from '../../base/assert.ts'

/** The answers for one topic. */
export interface TopicAnswer<Topic> {
  readonly topic: Topic
  readonly partitions: { readonly partitionIndex: number; readonly errorCode: number }[]
}

/**
 * Joins both; `keyOf` tells which topics are the same. Where nothing is refused, topics that the
 * request names twice stay apart.
 */
export function mergedAnswers<Topic>(
  refused: readonly TopicAnswer<Topic>[],
  served: readonly TopicAnswer<Topic>[],
  keyOf: (topic: Topic) => string,
): readonly TopicAnswer<Topic>[] {
  if (refused.length === 0) return served
  const merged = new Map<string, TopicAnswer<Topic>>()
  for (const { topic, partitions } of [...refused, ...served]) {
    const known = merged.get(keyOf(topic))
    if (known === undefined) merged.set(keyOf(topic), { topic, partitions: [...partitions] })
    else known.partitions.push(...partitions)
  }
  const answers = [...merged.values()]
  assert(countOf(answers) === countOf([...refused, ...served]), 'no answer is lost')
  return answers
}

function countOf(answers: readonly TopicAnswer<unknown>[]): number {
  return answers.reduce((sum, { partitions }) => sum + partitions.length, 0)
}
