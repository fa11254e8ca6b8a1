import type { Admin, ConfigChange, QuotaEntity } from '../../client/index.ts'
import { type AdminCommandOptions, withAdmin } from '../admin-client.ts'
import { type Entity, entityInWords, hasConfigs } from '../config/entity.ts'
import { exitCode } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `config alter`; at least one of the first four is there. */
export interface ConfigAlterOptions extends AdminCommandOptions {
  readonly set?: Readonly<Record<string, string>>
  /** Brings the default back. */
  readonly delete?: readonly string[]
  /** Adds to a list. */
  readonly append?: Readonly<Record<string, string>>
  /** Takes out of a list. */
  readonly subtract?: Readonly<Record<string, string>>
  /** Asks the broker whether it would, and changes nothing. */
  readonly dryRun?: boolean
}

/** Changes configs of one entity: all that is said, or nothing. */
export async function configAlter(
  entity: Entity,
  options: ConfigAlterOptions,
  terminal: Terminal,
): Promise<number> {
  const changes = changesOf(options)
  const validateOnly = options.dryRun ?? false
  await withAdmin(options, terminal, (admin) => alter(admin, entity, changes, validateOnly))
  const { kind: type, name = null } = entity
  if (options.json === true) terminal.out(JSON.stringify({ type, name, changes, validateOnly }))
  else {
    const where = entityInWords(entity)
    for (const change of changes) terminal.out(`${where}: ${inWords(change)}`)
    if (validateOnly) terminal.err('The broker would do it; nothing was changed.')
  }
  return exitCode.success
}

function changesOf(options: ConfigAlterOptions): readonly ConfigChange[] {
  const pairs = (operation: 'set' | 'append' | 'subtract'): ConfigChange[] =>
    Object.entries(options[operation] ?? {}).map(([name, value]) => ({ name, operation, value }))
  const deleted = (options.delete ?? []).map((name) => ({ name, operation: 'delete' as const }))
  return [...pairs('set'), ...pairs('append'), ...pairs('subtract'), ...deleted]
}

async function alter(
  admin: Admin,
  { kind, name, clientId }: Entity,
  changes: readonly ConfigChange[],
  validateOnly: boolean,
): Promise<void> {
  if (hasConfigs(kind)) {
    const alteration = { type: kind, name: name ?? '', changes }
    await admin.alterConfigs([alteration], { validateOnly })
    return
  }
  const more = clientId === undefined ? {} : { 'client-id': clientId }
  const entity: QuotaEntity = { [kind]: name ?? null, ...more }
  const values = Object.fromEntries(changes.map((change) => [change.name, quotaOf(change)]))
  await admin.alterClientQuotas([{ entity, values }], { validateOnly })
}

function quotaOf({ name, operation, value = '' }: ConfigChange): number | null {
  if (operation === 'delete') return null
  const quota = value.trim() === '' ? Number.NaN : Number(value)
  if (!Number.isFinite(quota))
    throw new Error(`The quota ${name} has to be a number, not "${value}".`)
  return quota
}

function inWords({ name, operation, value }: ConfigChange): string {
  switch (operation) {
    case 'set':
      return `${name}=${value}`
    case 'append':
      return `${name} has ${value} in addition`
    case 'subtract':
      return `${name} goes without ${value}`
    case 'delete':
      return `${name} is as by default`
  }
}
