/** Which names a topic can have, and which two of them look the same in Kafka's metrics. */

const nameLengthMax = 249

/** The topic that the metadata log is; nobody creates it through the API. */
export const metadataTopic = '__cluster_metadata'

/** The id of {@link metadataTopic}, the same in every cluster. */
export const metadataTopicId = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** Where the embedded queues of a store keep how far their consumers are. */
export const queueStateTopic = '__odradek_queues'

/** What is wrong with a topic name, as a sentence, or undefined. */
export function topicNameProblem(name: string): string | undefined {
  if (name === '') return 'Topic name is invalid: the empty string is not allowed'
  if (name === '.' || name === '..') return `Topic name is invalid: '${name}' is not allowed`
  if (name.length > nameLengthMax) {
    return (
      `Topic name is invalid: the length of '${name}' is longer than ` +
      `the max allowed length ${nameLengthMax}`
    )
  }
  if (/^[a-zA-Z0-9._-]+$/.test(name)) return undefined
  return (
    `Topic name is invalid: '${name}' contains one or more characters other than ` +
    "ASCII alphanumerics, '.', '_' and '-'"
  )
}

/** Names with the same key collide: Kafka's metrics write `.` and `_` alike. */
export function collisionKey(name: string): string {
  return name.replaceAll('.', '_')
}
