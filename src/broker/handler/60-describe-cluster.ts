/** DescribeCluster, as a broker answers it: controllers have no endpoints of their own here. */
import { ErrorCode } from '../../protocol/error-codes.ts'
import {
  type DescribeClusterRequest,
  type DescribeClusterResponseInput,
  describeClusterApi,
} from '../../protocol/generated/60-describe-cluster.ts'
import { liveBrokers } from '../live-brokers.ts'
import type { Handler } from './handler.ts'
import { clusterOperations } from './operations.ts'

/** Kinds of endpoints that a client may ask for. */
const endpointBrokers = 1
const endpointControllers = 2

/** Handles DescribeCluster 0 to 2. */
export const describeCluster: Handler<DescribeClusterRequest, DescribeClusterResponseInput> = {
  api: describeClusterApi,

  handle(request, call, broker) {
    if (request.endpointType === endpointControllers) {
      const message = 'This is a broker; controllers are described by a controller.'
      return failed(ErrorCode.MISMATCHED_ENDPOINT_TYPE, message)
    }
    if (request.endpointType !== endpointBrokers) {
      const message = `Unsupported endpoint type ${request.endpointType}.`
      return failed(ErrorCode.UNSUPPORTED_ENDPOINT_TYPE, message)
    }
    return {
      throttleTimeMs: 0,
      errorCode: ErrorCode.NONE,
      clusterId: broker.clusterId,
      controllerId: broker.nodeId,
      brokers: liveBrokers(broker, call).map(({ nodeId, host, port, rack }) => ({
        brokerId: nodeId,
        host,
        port,
        rack,
      })),
      ...(request.includeClusterAuthorizedOperations
        ? { clusterAuthorizedOperations: clusterOperations }
        : {}),
    }
  },

  refusal(_request, code) {
    return failed(code, null)
  },
}

function failed(errorCode: number, errorMessage: string | null): DescribeClusterResponseInput {
  return { throttleTimeMs: 0, errorCode, errorMessage, clusterId: '', brokers: [] }
}
