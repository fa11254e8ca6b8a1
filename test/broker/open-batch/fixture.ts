import type { OpenRules } from '../../../src/broker/open-batch/judge-batch.ts'

/** What a topic without configs of its own asks of a batch. */
export const topicDefaults: OpenRules = {
  compacted: false,
  targetCodec: -1,
  targetLevel: 0,
  logAppendTime: false,
  timestampBeforeMaxMs: Number.POSITIVE_INFINITY,
  timestampAfterMaxMs: 3_600_000,
  maxMessageBytes: 1_048_588,
}
