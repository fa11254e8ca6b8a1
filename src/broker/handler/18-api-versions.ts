/**
 * ApiVersions. The router answers versions that we do not know; the answer's header is always the
 * one without tagged fields, because the client does not know yet what we speak.
 */
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type ApiVersionsRequest,
  type ApiVersionsResponseInput,
  apiVersionsApi,
} from '../../protocol/generated/18-api-versions.ts'
import { advertisedApis } from '../api-table.ts'
import type { BrokerContext } from '../context.ts'
import { finalizedFeatures, supportedFeatures } from '../features.ts'
import type { Call, Handler } from './handler.ts'

/** What KIP-511 allows as the name and version of a client's software. */
const softwarePattern = /^[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?$/

/** Until version 3, clients take a feature whose lowest level is 0 for a broken one. */
const levelZeroSince = 4

/** Versions from which the request names the client's software, and the broker it means. */
const softwareSince = 3
const targetSince = 5

/** Handles ApiVersions 0 to 5. */
export const apiVersions: Handler<ApiVersionsRequest, ApiVersionsResponseInput> = {
  api: apiVersionsApi,

  handle(request, call, broker) {
    const error = judge(request, call, broker)
    if (error !== ErrorCode.NONE) return failed(error)
    const image = broker.image()
    return {
      errorCode: ErrorCode.NONE,
      apiKeys: advertisedApis.map(({ key, versionMin, versionMax }) => ({
        apiKey: key,
        minVersion: versionMin,
        maxVersion: versionMax,
      })),
      supportedFeatures: supportedFeatures
        .filter(({ min }) => min > 0 || call.version >= levelZeroSince)
        .map(({ name, min, max }) => ({ name, minVersion: min, maxVersion: max })),
      finalizedFeaturesEpoch: image.offset,
      finalizedFeatures: finalizedFeatures(image).map(({ name, level }) => ({
        name,
        minVersionLevel: level,
        maxVersionLevel: level,
      })),
    }
  },

  refusal(_request, code) {
    return failed(code)
  },
}

function judge(request: ApiVersionsRequest, call: Call, broker: BrokerContext): number {
  const { clientSoftwareName, clientSoftwareVersion, clusterId, nodeId } = request
  if (call.version >= softwareSince) {
    const named = softwarePattern.test(clientSoftwareName)
    if (!named || !softwarePattern.test(clientSoftwareVersion)) return ErrorCode.INVALID_REQUEST
  }
  if (call.version < targetSince) return ErrorCode.NONE
  const elsewhere =
    (clusterId !== null && clusterId !== broker.clusterId) ||
    (nodeId !== -1 && nodeId !== broker.nodeId)
  return elsewhere ? ErrorCode.REBOOTSTRAP_REQUIRED : ErrorCode.NONE
}

function failed(errorCode: number): ApiVersionsResponseInput {
  return { errorCode, apiKeys: [] }
}
