import { pbkdf2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { assert } from '../../base/assert.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { describeUserScramCredentialsApi } from '../../protocol/generated/50-describe-user-scram-credentials.ts'
import { alterUserScramCredentialsApi } from '../../protocol/generated/51-alter-user-scram-credentials.ts'
import { ClientError, ConfigError } from '../error.ts'
import type { Deadline } from '../network/retry.ts'
import { requireWhole } from '../options/whole-argument.ts'
import { type AdminContext, answerOf, ask, check, outcomeOf, settle, settleOne } from './settle.ts'
import { numberOf, wordOf } from './words.ts'

/** How a user's password is stored at the brokers. */
export interface ScramCredentials {
  readonly user: string
  readonly credentials: readonly {
    readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-512' | 'unknown'
    readonly iterations: number
  }[]
}

/** A password to set, or to take away. */
export interface ScramAlteration {
  readonly user: string
  readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-512'
  /** Null takes it away. It is salted and hashed here: no broker sees it. */
  readonly password: string | null
  /** Rounds of hashing, 4,096 to 16,384; more are slower to log in with and harder to guess. */
  readonly iterations?: number
}

const mechanisms = ['unknown', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const
/** By the mechanism's number: name of the hash, and its bytes. */
const hashes = [null, ['sha256', 32], ['sha512', 64]] as const

const iterationsByDefault = 4_096
/** What Apache Kafka accepts at least. */
const iterationsMin = 4_096
const saltBytes = 24

const derive = promisify(pbkdf2)

/** See `Admin.describeUserScramCredentials`. */
export function describeUserScramCredentials(
  context: AdminContext,
  users: readonly string[] | undefined,
): Promise<readonly ScramCredentials[]> {
  const what = 'Cannot describe the credentials of users'
  return settleOne(context, what, async (deadline) => {
    const request = { users: users?.map((name) => ({ name })) ?? null }
    const api = describeUserScramCredentialsApi
    const response = await ask(context, 'any', api, request, deadline)
    check(what, response.errorCode, response.errorMessage)
    return response.results.flatMap((one) => {
      const outcome = outcomeOf(`${what}: ${one.user}`, one.errorCode, one.errorMessage, () => ({
        user: one.user,
        credentials: one.credentialInfos.map(({ mechanism, iterations }) => ({
          mechanism: wordOf(mechanisms, mechanism),
          iterations,
        })),
      }))
      // A user without credentials is no failure of the call.
      if (one.errorCode === ErrorCode.RESOURCE_NOT_FOUND) return []
      if (outcome instanceof ClientError) throw outcome
      return [outcome]
    })
  })
}

/** See `Admin.alterUserScramCredentials`. */
export async function alterUserScramCredentials(
  context: AdminContext,
  alterations: readonly ScramAlteration[],
): Promise<void> {
  const entries = await Promise.all(alterations.map(entryOf))
  const summary = 'Cannot alter the credentials of users'
  const attempt = async (pending: readonly Entry[], deadline: Deadline) => {
    assert(pending.length > 0, 'nothing is asked for nothing')
    const request = {
      deletions: pending.flatMap(({ deletion }) => deletion ?? []),
      upsertions: pending.flatMap(({ upsertion }) => upsertion ?? []),
    }
    const api = alterUserScramCredentialsApi
    const response = await ask(context, 'controller', api, request, deadline)
    const answers = new Map(response.results.map((one) => [one.user, one]))
    return pending.map(({ user }) =>
      answerOf(`Cannot alter the credentials of ${user}`, answers.get(user), () => null),
    )
  }
  await settle(context, summary, entries, attempt, ErrorCode.RESOURCE_NOT_FOUND)
}

/** One of both is there. */
interface Entry {
  readonly user: string
  readonly deletion?: { readonly name: string; readonly mechanism: number }
  readonly upsertion?: {
    readonly name: string
    readonly mechanism: number
    readonly iterations: number
    readonly salt: Uint8Array
    readonly saltedPassword: Uint8Array
  }
}

async function entryOf(alteration: ScramAlteration): Promise<Entry> {
  const { user, password, iterations = iterationsByDefault } = alteration
  if (typeof user !== 'string' || user === '') throw new ConfigError('A user has a name.')
  const mechanism = numberOf('mechanism', mechanisms, alteration.mechanism)
  if (password === null) return { user, deletion: { name: user, mechanism } }
  if (typeof password !== 'string' || password === '') {
    throw new ConfigError(`The password of ${user} has to be text that is not empty, or null.`)
  }
  requireWhole(`The number of iterations of ${user}`, iterations, iterationsMin)
  const hash = hashes[mechanism]
  assert(hash !== null && hash !== undefined, 'a mechanism that is known has a hash')
  const [name, bytes] = hash
  // Not from the environment: a seeded one would make salts that others can guess.
  const salt = randomBytes(saltBytes)
  // Kafka takes names and passwords as they are, without SASLprep.
  const saltedPassword = await derive(password, salt, iterations, bytes, name)
  assert(saltedPassword.length === bytes, 'a salted password is as long as the hash')
  return { user, upsertion: { name: user, mechanism, iterations, salt, saltedPassword } }
}
