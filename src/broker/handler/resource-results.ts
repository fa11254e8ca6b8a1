/** What AlterConfigs and IncrementalAlterConfigs say alike. */
import type { AlterConfigsResult } from '../../controller/alter-configs.ts'

/** One result for each resource of a request of which nothing is said but an error code. */
export function refuseResources(
  resources: readonly { readonly resourceType: number; readonly resourceName: string }[],
  errorCode: number,
): AlterConfigsResult[] {
  return resources.map(({ resourceType, resourceName }) => ({
    errorCode,
    errorMessage: null,
    resourceType,
    resourceName,
  }))
}
