import { expect } from 'vitest'
import { ErrorCode } from '../../../src/protocol/error-codes.ts'
import { eventually } from '../eventually.ts'
import type { Case } from './stage.ts'

interface Answer {
  readonly millis: number
  readonly code?: number
  readonly name?: string
}

/** The error's name, and what kafkajs makes of any error when it looks for a coordinator. */
const names = ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'KafkaJSGroupCoordinatorNotFound']

/**
 * Our broker has no transactions and says so at once. Apache Kafka has them, and answers without an
 * error as soon as it has made its topic of transactions, for which not every client waits: there
 * the same case shows that the driver reports what it was told.
 */
export const transactionalIdCases: readonly Case[] = [
  {
    name: 'a transactional id fails within a second with TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
    async run(stage) {
      const request = { transactionalId: stage.name('transactional'), timeoutMs: 10_000 }
      const ask = () => stage.client.call<Answer>('transactional', request)
      if (stage.broker.target.name === 'kafka') {
        return eventually('the id is taken', async () => {
          const { code = 0, name } = await ask()
          return code === 0 && name === undefined
        })
      }
      const { millis, code = 0, name } = await ask()
      const isKnown = code === ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED
      expect(isKnown || names.includes(name ?? ''), `${code} ${name}`).toBe(true)
      expect(millis).toBeLessThan(1_000)
    },
  },
]
