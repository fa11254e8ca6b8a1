import type { Settings } from '../../test/conformance/broker-target.ts'

const name = 'log.flush.interval.messages'

/** Appends stay in the page cache: an answer says nothing about the disk. */
export const pageCache: Settings = { [name]: '9223372036854775807' }

/** Every batch is on the disk before acks=all is answered. */
export const flushEach: Settings = { [name]: '1' }
