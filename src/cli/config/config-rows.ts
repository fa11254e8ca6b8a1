import type { ConfigEntry, ConfigSource } from '../../client/index.ts'
import type { EntityKind } from './entity.ts'

/** One config as it is shown. */
export interface ConfigRow {
  readonly name: string
  /** Null for secrets, and where nothing is set. */
  readonly value: string | null
  readonly source: ConfigSource
  /** What holds without what is set on the entity itself; null where nobody tells. */
  readonly default: string | null
  readonly isReadOnly: boolean
  readonly isSensitive: boolean
}

/** Where values come from that `config alter` sets on the entity itself. */
const ownSources: Readonly<Partial<Record<EntityKind, readonly ConfigSource[]>>> = {
  topic: ['topic'],
  broker: ['broker', 'default-broker'],
  'broker-logger': ['broker-logger'],
  group: ['group'],
  'client-metrics': ['client-metrics'],
}

/**
 * Rows of an entity's configs, by name: those that are set on it, or all of them.
 *
 * @param entries with their synonyms.
 */
export function configRows(
  kind: EntityKind,
  entries: readonly ConfigEntry[],
  all: boolean,
): readonly ConfigRow[] {
  const own = ownSources[kind] ?? []
  const shown = all ? entries : entries.filter(({ source }) => own.includes(source))
  const rows = shown.map(({ name, value, source, isReadOnly, isSensitive, synonyms }) => {
    const beneath = synonyms.find((one) => !own.includes(one.source))
    return { name, value, source, default: beneath?.value ?? null, isReadOnly, isSensitive }
  })
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1))
}
