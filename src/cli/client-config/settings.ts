/** The settings of a client by Kafka's names, as a file and the command line give them. */
import { assert } from '../../base/assert.ts'
import { parseProperties } from '../../base/properties.ts'
import { readTextFile } from '../text-file.ts'

/** One setting with where it stands, for sentences about it. */
export interface Setting {
  readonly value: string
  /** As `client.properties line 3` or `--command-property`. */
  readonly from: string
}

/** Where settings of the command line stand. */
export const fromCommandLine = '--command-property'

/** Settings that remember which of them somebody has asked for. */
export class Settings {
  readonly #settings: ReadonlyMap<string, Setting>
  readonly #taken = new Set<string>()

  constructor(settings: ReadonlyMap<string, Setting>) {
    this.#settings = settings
  }

  /** The setting of this name, without spaces around it; an empty one is one. */
  take(name: string): string | undefined {
    this.#taken.add(name)
    return this.#settings.get(name)?.value.trim()
  }

  /** Marks as known what this client has no use for. */
  pass(name: string): void {
    this.#taken.add(name)
  }

  /** What nobody has asked for. */
  get rest(): readonly (Setting & { readonly name: string })[] {
    const rest = [...this.#settings].filter(([name]) => !this.#taken.has(name))
    assert(rest.length <= this.#settings.size, 'the rest is a part')
    return rest.map(([name, setting]) => ({ name, ...setting }))
  }

  /** An error about a setting; `what` goes on where its name ends. */
  error(name: string, what: string): Error {
    const from = this.#settings.get(name)?.from
    return new Error(`${from === undefined ? '' : `${from}: `}${name} ${what}.`)
  }
}

/**
 * Reads a file as Kafka's tools do.
 *
 * @throws {Error} a file that cannot be read; the sentence names it.
 */
export function readSettings(
  file: string | undefined,
  properties: Readonly<Record<string, string>> = {},
): Settings {
  const settings = new Map<string, Setting>()
  if (file !== undefined) {
    const { entries, problem } = parseProperties(readTextFile('config file', file, 'latin1'))
    if (problem !== undefined) throw new Error(`${file} ${problem}.`)
    for (const { name, value, line } of entries)
      settings.set(name, { value, from: `${file} line ${line}` })
  }
  for (const [name, value] of Object.entries(properties)) {
    settings.set(name, { value, from: fromCommandLine })
  }
  assert(settings.size >= Object.keys(properties).length, 'what the command line says is there')
  return new Settings(settings)
}
