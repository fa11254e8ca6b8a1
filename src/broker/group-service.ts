import type { Controller } from '../controller/controller.ts'
import type {
  GroupCoordinator,
  GroupCoordinatorOptions,
} from '../coordinator/group/group-coordinator.ts'
import { importLate } from '../engine/late-import.ts'
import type { TopicLogs } from '../engine/topic-logs.ts'
import type { BrokerConfig } from '../metadata/config/broker-config.ts'
import type { Loggers } from '../telemetry/loggers.ts'
import { groupConfig, groupOffsetsTopic } from './group-config.ts'
import type { BrokerEnvironment } from './options.ts'

/**
 * The group coordinator, imported and made when it is first needed: a start does not wait for its
 * modules.
 */
export class GroupService {
  readonly #options: GroupCoordinatorOptions
  #coordinator: Promise<GroupCoordinator> | undefined
  #closed = false

  constructor(options: GroupCoordinatorOptions) {
    this.#options = options
  }

  /** The one coordinator of this broker. Rejects once the service is closed. */
  coordinator(): Promise<GroupCoordinator> {
    if (this.#closed) return Promise.reject(new Error('the group coordinator is closed'))
    this.#coordinator ??= this.#make()
    return this.#coordinator
  }

  async #make(): Promise<GroupCoordinator> {
    try {
      const load = () => import('../coordinator/group/group-coordinator.ts')
      const { GroupCoordinator } = await importLate(load)
      return new GroupCoordinator(this.#options)
    } catch (error) {
      // The next request tries again.
      this.#coordinator = undefined
      throw error
    }
  }

  /** Loads the groups that were left by the last stop, so that their sessions begin to run. */
  async load(): Promise<void> {
    if (!this.#closed) await (await this.coordinator()).loadAll()
  }

  /** Topics were deleted: groups forget what they committed for them. */
  async forgetTopics(names: readonly string[]): Promise<void> {
    if (!this.#closed) await (await this.coordinator()).forgetTopics(new Set(names))
  }

  /** Ends the coordinator, if there is one. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    const coordinator = await this.#coordinator?.catch(() => undefined)
    await coordinator?.close()
  }
}

/** The groups of this broker, on the logs and topics that the metadata says. */
export function hostedGroups(
  { environment, loggers }: { readonly environment: BrokerEnvironment; readonly loggers: Loggers },
  controller: Controller,
  logs: Pick<TopicLogs, 'find'>,
  config: BrokerConfig,
): GroupService {
  const { clock, timers, random } = environment
  const logger = loggers.of('odradek.groups')
  return new GroupService({
    // Groups whose log has failed have no coordinator, as a partition without leader has none.
    log: (partition) => {
      const log = logs.find(groupOffsetsTopic, partition)
      return log?.online() === true ? log : undefined
    },
    topics: {
      nameOf: (id) => controller.image.topicsById.get(id)?.name,
      idOf: (name) => controller.image.topicsByName.get(name)?.id,
      partitionCount: (name) => controller.image.topicsByName.get(name)?.partitions.length ?? 0,
    },
    onUnreadable: (cause) => logger.error('Groups have no coordinator', cause),
    config: groupConfig(config, controller.image),
    clock,
    timers,
    random,
  })
}
