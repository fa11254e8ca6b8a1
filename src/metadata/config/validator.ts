/** Whether a config's value may be used: its type, its bounds, its format. */
import { assert } from '../../base/assert.ts'
import { parseHostPort } from '../../base/endpoint.ts'
import type { ConfigDefinition, Rule } from './definition.ts'
import { type ConfigValue, formatValue, type Parsed, parseValue } from './value.ts'

/**
 * Reads and checks the text of a config. The problem, if there is one, is a sentence that names the
 * config and the value, in the form that Kafka's users know.
 */
export function parseConfig(definition: ConfigDefinition, text: string): Parsed {
  const parsed = parseValue(definition.type, text)
  if (parsed.problem !== undefined) return refuse(definition, text, parsed.problem)
  const problem = checkRules(definition.rules, parsed.value)
  if (problem === undefined) return parsed
  return refuse(definition, describe(definition, parsed.value), problem)
}

function refuse(definition: ConfigDefinition, shown: string, problem: string): Parsed {
  const value = definition.sensitive ? '[hidden]' : shown
  return {
    value: undefined,
    problem: `Invalid value ${value} for configuration ${definition.name}: ${problem}`,
  }
}

function describe(definition: ConfigDefinition, value: ConfigValue): string {
  const text = formatValue(definition.type, value) ?? 'null'
  return definition.type === 'list' ? `[${text.replaceAll(',', ', ')}]` : text
}

/** Undefined when one of the rules holds, otherwise what all of them ask for. */
function checkRules(rules: readonly Rule[], value: ConfigValue): string | undefined {
  const problems: string[] = []
  for (const rule of rules) {
    const problem = checkRule(rule, value)
    if (problem === undefined) return undefined
    problems.push(problem)
  }
  if (problems.length === 0) return undefined
  return problems.length === 1 ? problems[0] : describeAlternatives(rules)
}

function checkRule(rule: Rule, value: ConfigValue): string | undefined {
  switch (rule.kind) {
    case 'range':
      return typeof value === 'number' ? checkRange(rule.min, rule.max, value) : nonNull
    case 'enum':
      return checkEnum(rule.values, rule.ignoreCase, value)
    case 'list':
      return checkList(rule, value)
    case 'nonNull':
      return value === null ? nonNull : undefined
    case 'nonEmpty':
      return value === '' ? 'String must be non-empty' : undefined
    case 'format':
      return checkFormat(rule.format, value)
  }
}

const nonNull = 'Value must be non-null'

function checkRange(min: number, max: number, value: number): string | undefined {
  assert(!Number.isNaN(value), 'a text that was read as a number is one')
  if (value < min) return `Value must be at least ${min}`
  if (value > max) return `Value must be no more than ${max}`
  return undefined
}

function checkEnum(
  values: readonly string[],
  ignoreCase: boolean,
  value: ConfigValue,
): string | undefined {
  const shown = typeof value === 'object' ? (value?.join(',') ?? '') : String(value)
  const fits = ignoreCase
    ? values.some((allowed) => allowed.toLowerCase() === shown.toLowerCase())
    : values.includes(shown)
  if (fits) return undefined
  return `String must be one of${ignoreCase ? ' (case insensitive)' : ''}: ${values.join(', ')}`
}

function checkList(rule: Extract<Rule, { kind: 'list' }>, value: ConfigValue): string | undefined {
  if (value === null) return rule.nullAllowed ? undefined : nonNull
  assert(Array.isArray(value), 'the rule of a list is of a list')
  const elements: readonly string[] = value
  if (elements.length === 0) return rule.emptyAllowed ? undefined : 'List must not be empty'
  if (elements.includes('')) return 'List must not contain an empty element'
  const { values } = rule
  if (values === null || elements.every((element) => values.includes(element))) return undefined
  return `String must be one of: ${values.join(', ')}`
}

/** Checks of the formats that a table names; each gives the sentence of what is wrong. */
const formats: Readonly<Record<string, (value: ConfigValue) => string | undefined>> = {
  endpoints: (value) =>
    everyElement(value, (element) => parseHostPort(element) !== undefined)
      ? undefined
      : 'Expected a list of host:port',
  voters: (value) =>
    everyElement(value, (element) => /^\d+@/.test(element) && hostPortBehind(element))
      ? undefined
      : 'Expected a list of id@host:port',
  replicas: (value) =>
    everyElement(value, (element) => /^\d+:\d+$/.test(element))
      ? undefined
      : 'Expected * or a list of partition:broker',
  duration: (value) =>
    typeof value === 'string' && isDurationReset(value)
      ? undefined
      : 'Expected earliest, latest or by_duration: and an ISO 8601 duration',
}

function checkFormat(format: string, value: ConfigValue): string | undefined {
  const check = formats[format]
  assert(check !== undefined, 'a format that a table names exists')
  return check(value)
}

function everyElement(value: ConfigValue, holds: (element: string) => boolean): boolean {
  return typeof value === 'object' && (value ?? []).every(holds)
}

function hostPortBehind(voter: string): boolean {
  return parseHostPort(voter.slice(voter.indexOf('@') + 1)) !== undefined
}

function isDurationReset(text: string): boolean {
  const match = /^by_duration:P(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d{1,9})?S)?)?$/i.exec(text)
  return match !== null && !/:P$/i.test(text)
}

function describeAlternatives(rules: readonly Rule[]): string {
  return rules
    .map((rule, at) => {
      const start = at === 0 ? 'Value must be ' : ''
      if (rule.kind === 'range') return `${start}between ${rule.min} and ${rule.max}`
      if (rule.kind === 'enum') return `${start}${at === 0 ? '' : 'equal to '}${listed(rule)}`
      return start + (rule.kind === 'format' ? formatNames[rule.format] : rule.kind)
    })
    .join(' or ')
}

function listed(rule: Extract<Rule, { kind: 'enum' }>): string {
  return rule.values.map((value) => (value === '' ? 'empty' : value)).join(', ')
}

const formatNames: Readonly<Record<string, string>> = {
  endpoints: 'a list of host:port',
  voters: 'a list of id@host:port',
  replicas: 'a list of partition:broker',
  duration: 'by_duration: and an ISO 8601 duration',
}
