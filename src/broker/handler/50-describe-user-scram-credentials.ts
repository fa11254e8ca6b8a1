/**
 * DescribeUserScramCredentials. Nobody logs in here, but the metadata may hold credentials that
 * Apache Kafka wrote: their mechanisms are told, never the secrets.
 */
import type { MetadataImage } from '../../metadata/image.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type DescribeUserScramCredentialsRequest,
  type DescribeUserScramCredentialsResponse,
  describeUserScramCredentialsApi,
} from '../../protocol/generated/50-describe-user-scram-credentials.ts'
import type { Handler } from './handler.ts'

/** Handles DescribeUserScramCredentials 0. */
export const describeUserScramCredentials: Handler<
  DescribeUserScramCredentialsRequest,
  DescribeUserScramCredentialsResponse
> = {
  api: describeUserScramCredentialsApi,

  handle(request, _call, broker) {
    const credentials = credentialsByUser(broker.image())
    const asked = request.users?.map(({ name }) => name) ?? []
    const users = asked.length === 0 ? [...credentials.keys()] : asked
    const counts = new Map<string, number>()
    for (const user of users) counts.set(user, (counts.get(user) ?? 0) + 1)
    const results = [...counts].map(([user, count]) => {
      const infos = credentials.get(user)
      if (count > 1) {
        return failed(user, ErrorCode.DUPLICATE_RESOURCE, `The user ${user} is named twice.`)
      }
      if (infos === undefined) {
        return failed(user, ErrorCode.RESOURCE_NOT_FOUND, `The user ${user} has no credential.`)
      }
      return { user, errorCode: ErrorCode.NONE, errorMessage: null, credentialInfos: infos }
    })
    return { throttleTimeMs: 0, errorCode: ErrorCode.NONE, errorMessage: '', results }
  },

  refusal(_request, errorCode) {
    return { throttleTimeMs: 0, errorCode, errorMessage: null, results: [] }
  },
}

type Result = DescribeUserScramCredentialsResponse['results'][number]
type Info = Result['credentialInfos'][number]

function credentialsByUser(image: MetadataImage): ReadonlyMap<string, readonly Info[]> {
  const byUser = new Map<string, Info[]>()
  for (const record of image.retained.values()) {
    if (record.name !== 'UserScramCredentialRecord') continue
    const { name, mechanism, iterations } = record.value
    const infos = byUser.get(name) ?? []
    infos.push({ mechanism, iterations })
    byUser.set(name, infos)
  }
  for (const infos of byUser.values()) infos.sort((a, b) => a.mechanism - b.mechanism)
  return byUser
}

function failed(user: string, errorCode: number, errorMessage: string): Result {
  return { user, errorCode, errorMessage, credentialInfos: [] }
}
