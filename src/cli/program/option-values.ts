/** Words of the command line as values; each throws what commander shows as a mistake in it. */
import { InvalidArgumentError } from 'commander'
import { type HostPort, parseHostPort } from '../../base/endpoint.ts'
import { parseDateTime, parseDuration } from '../point-in-time.ts'
import { parseTopicScope, type TopicScope } from '../topic-scope.ts'

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

/** A whole number of 0 to 999,999,999. */
export function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number of at least 0.')
}

/** A count of 1 to 999,999,999. */
export function positiveInteger(text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (value < 1) throw new InvalidArgumentError('It must be a whole number of at least 1.')
  return value
}

/** Names between commas, in an option that may be repeated. */
export function collectNames(text: string, previous: readonly string[] | undefined): string[] {
  const names = text.split(',').map((one) => one.trim())
  if (names.includes('')) throw new InvalidArgumentError('It must be names with commas between.')
  return [...(previous ?? []), ...names]
}

/** `TOPIC` or `TOPIC:0,1`, in an option that may be repeated. */
export function collectScope(
  text: string,
  previous: readonly TopicScope[] | undefined,
): TopicScope[] {
  const scope = parseTopicScope(text)
  if (scope === undefined) {
    throw new InvalidArgumentError('It must have the form TOPIC or TOPIC:0,1,2.')
  }
  return [...(previous ?? []), scope]
}

/** An offset: a whole number from 0 on. */
export function offsetOf(text: string): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(value)) return value
  throw new InvalidArgumentError('It must be a whole number of at least 0.')
}

/** A whole number, negative or not. */
export function shiftOf(text: string): number {
  const value = /^[+-]?\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(value)) return value
  throw new InvalidArgumentError('It must be a whole number; a negative one goes back.')
}

/** A point in time, in ms since 1970. */
export function dateTimeOf(text: string): number {
  const value = parseDateTime(text)
  if (value !== undefined) return value
  const form = 'YYYY-MM-DDThh:mm:ss.sss, with a zone (Z, +02:00) unless it is UTC'
  throw new InvalidArgumentError(`It must have the form ${form}.`)
}

/** A duration of ISO 8601, in ms. */
export function durationOf(text: string): number {
  const value = parseDuration(text)
  if (value !== undefined) return value
  throw new InvalidArgumentError('It must have the form PnDTnHnMnS, as P1D or PT1H30M.')
}

/** Seconds, as 2 or 0.5, from a tenth to a day. */
export function secondsOf(text: string): number {
  const value = /^\d{1,5}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN
  if (value >= 0.1 && value <= 86_400) return value
  throw new InvalidArgumentError('It must be a number of seconds, from 0.1 to 86400.')
}

/** Any text, in an option that may be repeated. */
export function collectText(text: string, previous: readonly string[] | undefined): string[] {
  if (text === '') throw new InvalidArgumentError('It must not be empty.')
  return [...(previous ?? []), text]
}

/** An offset, or `latest`, which brokers take as -1. */
export function beforeOf(text: string): number {
  return text === 'latest' ? -1 : offsetOf(text)
}

/** A time in ms of 1 to 999,999,999. */
export function millisecondsOf(text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (value < 1) throw new InvalidArgumentError('It must be a whole number of ms, at least 1.')
  return value
}
