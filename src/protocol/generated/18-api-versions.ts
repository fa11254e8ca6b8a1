// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Versions 0 to 5. */
export interface ApiVersionsRequest {
  /** From version 3. */
  readonly clientSoftwareName: string
  /** From version 3. */
  readonly clientSoftwareVersion: string
  /** Version 5 only; the cluster that the client means to reach. */
  readonly clusterId: string | null
  /** Version 5 only; the broker that the client means to reach. */
  readonly nodeId: number
}

/** {@link ApiVersionsRequest} as it is encoded. */
export interface ApiVersionsRequestInput {
  readonly clientSoftwareName?: string
  readonly clientSoftwareVersion?: string
  readonly clusterId?: string | null
  readonly nodeId?: number
}

function decodeApiVersionsRequest(reader: Reader, version: number): ApiVersionsRequest {
  assert(version >= 0 && version <= 5, 'a version of ApiVersionsRequest')
  const flexible = version >= 3
  const clientSoftwareName = version >= 3 ? reader.string(flexible) : ''
  const clientSoftwareVersion = version >= 3 ? reader.string(flexible) : ''
  const clusterId = version === 5 ? reader.nullableString(flexible) : null
  const nodeId = version === 5 ? reader.int32() : -1
  if (flexible) reader.skipTags()
  return { clientSoftwareName, clientSoftwareVersion, clusterId, nodeId }
}

function encodeApiVersionsRequest(
  writer: Writer,
  version: number,
  message: ApiVersionsRequestInput,
): void {
  assert(version >= 0 && version <= 5, 'a version of ApiVersionsRequest')
  const flexible = version >= 3
  const {
    clientSoftwareName = '',
    clientSoftwareVersion = '',
    clusterId = null,
    nodeId = -1,
  } = message
  if (version >= 3) writer.string(flexible, clientSoftwareName)
  if (version >= 3) writer.string(flexible, clientSoftwareVersion)
  if (version === 5) writer.nullableString(flexible, clusterId)
  if (version === 5) writer.int32(nodeId)
  if (flexible) writer.unsignedVarint(0)
}

/** Codec of {@link ApiVersionsRequest}. */
export const apiVersionsRequest: MessageCodec<ApiVersionsRequest, ApiVersionsRequestInput> = {
  name: 'ApiVersionsRequest',
  versionMin: 0,
  versionMax: 5,
  flexibleMin: 3,
  decode: decodeApiVersionsRequest,
  encode: encodeApiVersionsRequest,
}

/** Part of {@link ApiVersionsResponse}. */
export interface ApiVersion {
  readonly apiKey: number
  readonly minVersion: number
  readonly maxVersion: number
}

/** Part of {@link ApiVersionsResponse}. */
export interface SupportedFeatureKey {
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
}

/** Part of {@link ApiVersionsResponse}. */
export interface FinalizedFeatureKey {
  readonly name: string
  readonly maxVersionLevel: number
  readonly minVersionLevel: number
}

/** Versions 0 to 5. */
export interface ApiVersionsResponse {
  readonly errorCode: number
  readonly apiKeys: readonly ApiVersion[]
  /** From version 1. */
  readonly throttleTimeMs: number
  /** From version 3. */
  readonly supportedFeatures: readonly SupportedFeatureKey[]
  /** From version 3; -1 unknown. */
  readonly finalizedFeaturesEpoch: number
  /** From version 3. */
  readonly finalizedFeatures: readonly FinalizedFeatureKey[]
  /** From version 3; only of controllers that migrate from ZooKeeper. */
  readonly zkMigrationReady: boolean
}

/** {@link ApiVersionsResponse} as it is encoded. */
export interface ApiVersionsResponseInput {
  readonly errorCode: number
  readonly apiKeys: readonly ApiVersion[]
  readonly throttleTimeMs?: number
  readonly supportedFeatures?: readonly SupportedFeatureKey[]
  readonly finalizedFeaturesEpoch?: number
  readonly finalizedFeatures?: readonly FinalizedFeatureKey[]
  readonly zkMigrationReady?: boolean
}

function decodeApiVersion(reader: Reader, _version: number, flexible: boolean): ApiVersion {
  const apiKey = reader.int16()
  const minVersion = reader.int16()
  const maxVersion = reader.int16()
  if (flexible) reader.skipTags()
  return { apiKey, minVersion, maxVersion }
}

function decodeSupportedFeatureKey(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): SupportedFeatureKey {
  const name = reader.string(true)
  const minVersion = reader.int16()
  const maxVersion = reader.int16()
  reader.skipTags()
  return { name, minVersion, maxVersion }
}

function decodeFinalizedFeatureKey(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): FinalizedFeatureKey {
  const name = reader.string(true)
  const maxVersionLevel = reader.int16()
  const minVersionLevel = reader.int16()
  reader.skipTags()
  return { name, maxVersionLevel, minVersionLevel }
}

function decodeApiVersionsResponse(reader: Reader, version: number): ApiVersionsResponse {
  assert(version >= 0 && version <= 5, 'a version of ApiVersionsResponse')
  const flexible = version >= 3
  const errorCode = reader.int16()
  const apiKeys = reader.array(flexible, 6, version, decodeApiVersion)
  const throttleTimeMs = version >= 1 ? reader.int32() : 0
  let supportedFeatures: readonly SupportedFeatureKey[] = []
  let finalizedFeaturesEpoch: number = -1
  let finalizedFeatures: readonly FinalizedFeatureKey[] = []
  let zkMigrationReady: boolean = false
  if (flexible) {
    for (let left = reader.tagCount(); left > 0; left--) {
      const tag = reader.unsignedVarint()
      const outer = reader.enterTag()
      if (tag === 0) supportedFeatures = reader.array(flexible, 6, version, decodeSupportedFeatureKey)
      else if (tag === 1) finalizedFeaturesEpoch = reader.int64()
      else if (tag === 2) finalizedFeatures = reader.array(flexible, 6, version, decodeFinalizedFeatureKey)
      else if (tag === 3) zkMigrationReady = reader.bool()
      else reader.skipRest()
      reader.leave(outer)
    }
  }
  return {
    errorCode,
    apiKeys,
    throttleTimeMs,
    supportedFeatures,
    finalizedFeaturesEpoch,
    finalizedFeatures,
    zkMigrationReady,
  }
}

function encodeApiVersion(
  writer: Writer,
  _version: number,
  flexible: boolean,
  message: ApiVersion,
): void {
  const { apiKey, minVersion, maxVersion } = message
  writer.int16(apiKey)
  writer.int16(minVersion)
  writer.int16(maxVersion)
  if (flexible) writer.unsignedVarint(0)
}

function encodeSupportedFeatureKey(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: SupportedFeatureKey,
): void {
  const { name, minVersion, maxVersion } = message
  writer.string(true, name)
  writer.int16(minVersion)
  writer.int16(maxVersion)
  writer.unsignedVarint(0)
}

function encodeFinalizedFeatureKey(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: FinalizedFeatureKey,
): void {
  const { name, maxVersionLevel, minVersionLevel } = message
  writer.string(true, name)
  writer.int16(maxVersionLevel)
  writer.int16(minVersionLevel)
  writer.unsignedVarint(0)
}

function encodeApiVersionsResponse(
  writer: Writer,
  version: number,
  message: ApiVersionsResponseInput,
): void {
  assert(version >= 0 && version <= 5, 'a version of ApiVersionsResponse')
  const flexible = version >= 3
  const {
    errorCode,
    apiKeys,
    throttleTimeMs = 0,
    supportedFeatures = [],
    finalizedFeaturesEpoch = -1,
    finalizedFeatures = [],
    zkMigrationReady = false,
  } = message
  writer.int16(errorCode)
  writer.array(flexible, apiKeys, version, encodeApiVersion)
  if (version >= 1) writer.int32(throttleTimeMs)
  if (flexible) {
    let tags = 0
    if (supportedFeatures.length > 0) tags++
    if (finalizedFeaturesEpoch !== -1) tags++
    if (finalizedFeatures.length > 0) tags++
    if (zkMigrationReady) tags++
    writer.unsignedVarint(tags)
    if (supportedFeatures.length > 0) {
      const size = writer.enterTag(0)
      writer.array(flexible, supportedFeatures, version, encodeSupportedFeatureKey)
      writer.leaveTag(size)
    }
    if (finalizedFeaturesEpoch !== -1) {
      const size = writer.enterTag(1)
      writer.int64(finalizedFeaturesEpoch)
      writer.leaveTag(size)
    }
    if (finalizedFeatures.length > 0) {
      const size = writer.enterTag(2)
      writer.array(flexible, finalizedFeatures, version, encodeFinalizedFeatureKey)
      writer.leaveTag(size)
    }
    if (zkMigrationReady) {
      const size = writer.enterTag(3)
      writer.bool(zkMigrationReady)
      writer.leaveTag(size)
    }
  }
}

/** Codec of {@link ApiVersionsResponse}. */
export const apiVersionsResponse: MessageCodec<ApiVersionsResponse, ApiVersionsResponseInput> = {
  name: 'ApiVersionsResponse',
  versionMin: 0,
  versionMax: 5,
  flexibleMin: 3,
  decode: decodeApiVersionsResponse,
  encode: encodeApiVersionsResponse,
}

/** The ApiVersions API. */
export const apiVersionsApi: Api<
  ApiVersionsRequest,
  ApiVersionsRequestInput,
  ApiVersionsResponse,
  ApiVersionsResponseInput
> = {
  key: 18,
  name: 'ApiVersions',
  request: apiVersionsRequest,
  response: apiVersionsResponse,
}
