/** Words of the command line as values; each throws what commander shows as a mistake in it. */
import { InvalidArgumentError } from 'commander'
import { type HostPort, parseHostPort } from '../../base/endpoint.ts'

/** What an endpoint that cannot be read is answered with. */
const endpointForm = 'It must have the form HOST:PORT, with a port of 0 to 65535.'

/** `HOST:PORT` */
export function endpointOf(text: string): HostPort {
  const endpoint = parseHostPort(text)
  if (endpoint === undefined) throw new InvalidArgumentError(endpointForm)
  return endpoint
}

/** `HOST:PORT`, in an option that may be repeated. */
export function collectEndpoint(
  text: string,
  previous: readonly HostPort[] | undefined,
): HostPort[] {
  return [...(previous ?? []), endpointOf(text)]
}

/** `NAME=VALUE`, in an option that may be repeated; the last one of a name counts. */
export function collectPair(
  text: string,
  previous: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const cut = text.indexOf('=')
  if (cut < 1) throw new InvalidArgumentError('It must have the form NAME=VALUE.')
  return { ...previous, [text.slice(0, cut).trim()]: text.slice(cut + 1) }
}

/** A count of 1 to 999,999,999. */
export function positiveInteger(text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (value < 1) throw new InvalidArgumentError('It must be a whole number of at least 1.')
  return value
}
