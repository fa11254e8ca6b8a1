import type { Settings } from '../broker/broker-target.ts'

const name = 'log.flush.interval.messages'
const never = '9223372036854775807'

/** Appends stay in the page cache: an answer says nothing about the disk. */
export const pageCache: Settings = { [name]: never }

/** Every batch is on the disk before acks=all is answered. */
export const flushEach: Settings = { [name]: '1' }

/** {@link pageCache} as configs of a topic, which any broker can be given. */
export const topicPageCache: Settings = { 'flush.messages': never, 'flush.ms': never }
/** {@link flushEach} as configs of a topic. */
export const topicFlushEach: Settings = { ...topicPageCache, 'flush.messages': '1' }
