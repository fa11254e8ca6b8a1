/** `max.connections.per.ip.overrides`: numbers of connections by address or name of a host. */

/** The config that holds them. */
export const ipOverridesConfig = 'max.connections.per.ip.overrides'

/** How many connections one address may have. */
export interface IpOverride {
  /** Numeric, or a name. */
  readonly host: string
  readonly max: number
}

/**
 * Reads `HOST:NUMBER,...`. What cannot be read is passed over: the rules of the config refuse it
 * (src/metadata/config/rules.ts), but somebody with other rules may have written it.
 */
export function ipOverrides(text: string): IpOverride[] {
  return text.split(',').flatMap((part) => {
    const [, bracketed, plain, count] =
      /^\s*(?:\[([0-9A-Fa-f.:]+)\]|([0-9A-Fa-f.:]+?|[\w.-]+))\s*:\s*(\d+)\s*$/.exec(part) ?? []
    const host = bracketed ?? plain
    return host === undefined ? [] : [{ host, max: Math.min(Number(count), 2 ** 31 - 1) }]
  })
}
