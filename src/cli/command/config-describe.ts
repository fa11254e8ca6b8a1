import type { Admin, ConfigResource, QuotaFilter } from '../../client/index.ts'
import { type AdminCommandOptions, withAdmin } from '../admin-client.ts'
import { type ConfigRow, configRows } from '../config/config-rows.ts'
import {
  type Entity,
  entityInWords,
  entityOfQuota,
  hasConfigs,
  hasQuotas,
} from '../config/entity.ts'
import { exitCode } from '../exit-codes.ts'
import { type Terminal, tableLines } from '../terminal.ts'

/** Options of `config describe`. */
export interface ConfigDescribeOptions extends AdminCommandOptions {
  /** What has its default value too. */
  readonly all?: boolean
}

/** What is told of one entity: configs, or for users, client ids and addresses quotas. */
interface Described {
  readonly entity: Entity
  readonly configs?: readonly ConfigRow[]
  readonly quotas?: Readonly<Record<string, number>>
}

/** Shows the configs of one entity, or of all of its kind. */
export async function configDescribe(
  entity: Entity,
  options: ConfigDescribeOptions,
  terminal: Terminal,
): Promise<number> {
  const found = await withAdmin(options, terminal, (admin) =>
    hasQuotas(entity.kind) ? quotasOf(admin, entity) : configsOf(admin, entity, options),
  )
  if (options.json === true) {
    const told = found.map(({ entity: { kind, name, clientId }, ...rest }) => {
      const parts = { type: kind, name: name ?? null }
      return { ...parts, ...(clientId === undefined ? {} : { clientId }), ...rest }
    })
    terminal.out(JSON.stringify(told))
  } else for (const one of found) print(one, terminal)
  if (found.length === 0) terminal.err(`No ${entity.kind} has any.`)
  return exitCode.success
}

async function configsOf(
  admin: Admin,
  entity: Entity,
  options: ConfigDescribeOptions,
): Promise<Described[]> {
  const resources = await resourcesOf(admin, entity)
  if (resources.length === 0) return []
  const described = await admin.describeConfigs(resources, { includeSynonyms: true })
  return described.map(({ name, entries }) => ({
    entity: { ...entity, name: name === '' ? null : name },
    configs: configRows(entity.kind, entries, options.all ?? false),
  }))
}

async function resourcesOf(admin: Admin, { kind, name }: Entity): Promise<ConfigResource[]> {
  if (!hasConfigs(kind)) return []
  if (name !== undefined) return [{ type: kind, name: name ?? '' }]
  return (await namesOf(admin, kind)).map((one) => ({ type: kind, name: one }))
}

async function namesOf(admin: Admin, kind: ConfigResource['type']): Promise<readonly string[]> {
  if (kind === 'topic') {
    return (await admin.listTopics({ includeInternal: true })).map((topic) => topic.name)
  }
  if (kind === 'broker' || kind === 'broker-logger') {
    const ids = (await admin.describeCluster()).brokers.map(({ id }) => String(id))
    return kind === 'broker' ? [...ids, ''] : ids
  }
  return (await admin.listConfigResources([kind])).map((resource) => resource.name)
}

async function quotasOf(admin: Admin, entity: Entity): Promise<Described[]> {
  const { kind, name, clientId } = entity
  const filter: QuotaFilter = {
    [kind]: name === undefined ? { any: true } : name,
    ...(clientId === undefined ? {} : { 'client-id': clientId }),
  }
  const found = await admin.describeClientQuotas(filter, { strict: true })
  return found.map((one) => ({ entity: entityOfQuota(kind, one.entity), quotas: one.values }))
}

function print({ entity, configs = [], quotas }: Described, terminal: Terminal): void {
  const { styles } = terminal
  terminal.out(styles.heading(entityInWords(entity)))
  if (quotas !== undefined) {
    for (const [name, value] of Object.entries(quotas)) terminal.out(`  ${name}=${value}`)
  } else if (configs.length === 0) terminal.out('  nothing is set')
  else {
    const rows = configs.map((row) => [
      row.name,
      row.isSensitive ? '(secret)' : (row.value ?? '-'),
      row.source,
      row.default ?? '-',
    ])
    const headings = ['CONFIG', 'VALUE', 'SOURCE', 'DEFAULT']
    for (const line of tableLines(headings, rows, styles)) terminal.out(`  ${line}`)
  }
}
