// Generated from the schema by `npm run generate`; edit that instead.
import { assert } from '../../base/assert.ts'
import type { Api, MessageCodec } from '../codec.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

/** Part of {@link UpdateFeaturesRequest}. */
export interface FeatureUpdateKey {
  readonly feature: string
  /** The level to finalize; below 1 removes the feature. */
  readonly maxVersionLevel: number
  /** Version 0 only. */
  readonly allowDowngrade: boolean
  /** From version 1; 1 upgrade, 2 safe downgrade, 3 unsafe downgrade. */
  readonly upgradeType: number
}

/** {@link FeatureUpdateKey} as it is encoded. */
export interface FeatureUpdateKeyInput {
  readonly feature: string
  readonly maxVersionLevel: number
  readonly allowDowngrade?: boolean
  readonly upgradeType?: number
}

/** Versions 0 to 2. */
export interface UpdateFeaturesRequest {
  readonly timeoutMs: number
  readonly featureUpdates: readonly FeatureUpdateKey[]
  /** From version 1. */
  readonly validateOnly: boolean
}

/** {@link UpdateFeaturesRequest} as it is encoded. */
export interface UpdateFeaturesRequestInput {
  readonly timeoutMs?: number
  readonly featureUpdates: readonly FeatureUpdateKeyInput[]
  readonly validateOnly?: boolean
}

function decodeFeatureUpdateKey(
  reader: Reader,
  version: number,
  _flexible: boolean,
): FeatureUpdateKey {
  const feature = reader.string(true)
  const maxVersionLevel = reader.int16()
  const allowDowngrade = version === 0 ? reader.bool() : false
  const upgradeType = version >= 1 ? reader.int8() : 1
  reader.skipTags()
  return { feature, maxVersionLevel, allowDowngrade, upgradeType }
}

function decodeUpdateFeaturesRequest(reader: Reader, version: number): UpdateFeaturesRequest {
  assert(version >= 0 && version <= 2, 'a version of UpdateFeaturesRequest')
  const timeoutMs = reader.int32()
  const featureUpdates = reader.array(true, 5, version, decodeFeatureUpdateKey)
  const validateOnly = version >= 1 ? reader.bool() : false
  reader.skipTags()
  return { timeoutMs, featureUpdates, validateOnly }
}

function encodeFeatureUpdateKey(
  writer: Writer,
  version: number,
  _flexible: boolean,
  message: FeatureUpdateKeyInput,
): void {
  const { feature, maxVersionLevel, allowDowngrade = false, upgradeType = 1 } = message
  writer.string(true, feature)
  writer.int16(maxVersionLevel)
  if (version === 0) writer.bool(allowDowngrade)
  else if (allowDowngrade)
    writer.unsupported('UpdateFeaturesRequest.FeatureUpdateKey.allowDowngrade', version)
  if (version >= 1) writer.int8(upgradeType)
  else if (upgradeType !== 1)
    writer.unsupported('UpdateFeaturesRequest.FeatureUpdateKey.upgradeType', version)
  writer.unsignedVarint(0)
}

function encodeUpdateFeaturesRequest(
  writer: Writer,
  version: number,
  message: UpdateFeaturesRequestInput,
): void {
  assert(version >= 0 && version <= 2, 'a version of UpdateFeaturesRequest')
  const { timeoutMs = 60000, featureUpdates, validateOnly = false } = message
  writer.int32(timeoutMs)
  writer.array(true, featureUpdates, version, encodeFeatureUpdateKey)
  if (version >= 1) writer.bool(validateOnly)
  else if (validateOnly) writer.unsupported('UpdateFeaturesRequest.validateOnly', version)
  writer.unsignedVarint(0)
}

/** Codec of {@link UpdateFeaturesRequest}. */
export const updateFeaturesRequest: MessageCodec<
  UpdateFeaturesRequest,
  UpdateFeaturesRequestInput
> = {
  name: 'UpdateFeaturesRequest',
  versionMin: 0,
  versionMax: 2,
  flexibleMin: 0,
  decode: decodeUpdateFeaturesRequest,
  encode: encodeUpdateFeaturesRequest,
}

/** Part of {@link UpdateFeaturesResponse}. */
export interface UpdatableFeatureResult {
  readonly feature: string
  readonly errorCode: number
  readonly errorMessage: string | null
}

/** Versions 0 to 2. */
export interface UpdateFeaturesResponse {
  readonly throttleTimeMs: number
  readonly errorCode: number
  readonly errorMessage: string | null
  /** Versions 0 to 1. */
  readonly results: readonly UpdatableFeatureResult[]
}

/** {@link UpdateFeaturesResponse} as it is encoded. */
export interface UpdateFeaturesResponseInput {
  readonly throttleTimeMs: number
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly results?: readonly UpdatableFeatureResult[]
}

function decodeUpdatableFeatureResult(
  reader: Reader,
  _version: number,
  _flexible: boolean,
): UpdatableFeatureResult {
  const feature = reader.string(true)
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(true)
  reader.skipTags()
  return { feature, errorCode, errorMessage }
}

function decodeUpdateFeaturesResponse(reader: Reader, version: number): UpdateFeaturesResponse {
  assert(version >= 0 && version <= 2, 'a version of UpdateFeaturesResponse')
  const throttleTimeMs = reader.int32()
  const errorCode = reader.int16()
  const errorMessage = reader.nullableString(true)
  const results = version <= 1 ? reader.array(true, 5, version, decodeUpdatableFeatureResult) : []
  reader.skipTags()
  return { throttleTimeMs, errorCode, errorMessage, results }
}

function encodeUpdatableFeatureResult(
  writer: Writer,
  _version: number,
  _flexible: boolean,
  message: UpdatableFeatureResult,
): void {
  const { feature, errorCode, errorMessage } = message
  writer.string(true, feature)
  writer.int16(errorCode)
  writer.nullableString(true, errorMessage)
  writer.unsignedVarint(0)
}

function encodeUpdateFeaturesResponse(
  writer: Writer,
  version: number,
  message: UpdateFeaturesResponseInput,
): void {
  assert(version >= 0 && version <= 2, 'a version of UpdateFeaturesResponse')
  const { throttleTimeMs, errorCode, errorMessage, results = [] } = message
  writer.int32(throttleTimeMs)
  writer.int16(errorCode)
  writer.nullableString(true, errorMessage)
  if (version <= 1) writer.array(true, results, version, encodeUpdatableFeatureResult)
  writer.unsignedVarint(0)
}

/** Codec of {@link UpdateFeaturesResponse}. */
export const updateFeaturesResponse: MessageCodec<
  UpdateFeaturesResponse,
  UpdateFeaturesResponseInput
> = {
  name: 'UpdateFeaturesResponse',
  versionMin: 0,
  versionMax: 2,
  flexibleMin: 0,
  decode: decodeUpdateFeaturesResponse,
  encode: encodeUpdateFeaturesResponse,
}

/** The UpdateFeatures API. */
export const updateFeaturesApi: Api<
  UpdateFeaturesRequest,
  UpdateFeaturesRequestInput,
  UpdateFeaturesResponse,
  UpdateFeaturesResponseInput
> = {
  key: 57,
  name: 'UpdateFeatures',
  request: updateFeaturesRequest,
  response: updateFeaturesResponse,
}
