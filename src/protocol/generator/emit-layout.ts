/** Layout of generated functions and literals. */
import { condition } from './expressions.ts'
import { covers, type MessageModel } from './model.ts'

/** An object literal behind `before`, on one line if it fits. */
export function objectLiteral(
  before: string,
  properties: readonly string[],
  indent = '  ',
): string[] {
  if (properties.length === 0) return [`${before}{}`]
  const line = `${before}{ ${properties.join(', ')} }`
  if (line.length <= 100) return [line]
  return [`${before}{`, ...properties.map((name) => `${indent}  ${name},`), `${indent}}`]
}

/**
 * A function around `body`. That of the message itself takes the version and checks it; those of
 * structs get `flexible` passed. Parameters that the body does not use get an underscore.
 */
export function signature(
  name: string,
  first: string,
  isRoot: boolean,
  message: MessageModel,
  body: readonly string[],
  result: string,
  input?: string,
): string[] {
  const text = body.join('\n')
  const uses = (word: string) => new RegExp(`\\b${word}\\b`).test(text)
  const parameters = [first]
  const lines: string[] = []
  if (isRoot) {
    parameters.push('version: number')
    const { min, max } = message.versions
    lines.push(
      `  assert(version >= ${min} && version <= ${max}, 'a version of ${message.root.name}')`,
    )
    const flexible = condition(message.flexible, message.versions)
    if (uses('flexible') && !covers(message.flexible, message.versions)) {
      lines.push(`  const flexible = ${flexible}`)
    }
  } else {
    parameters.push(`${uses('version') ? '' : '_'}version: number`)
    parameters.push(`${uses('flexible') ? '' : '_'}flexible: boolean`)
  }
  if (input !== undefined) parameters.push(`${uses('message') ? '' : '_'}message: ${input}`)
  if (isRoot && !uses(first.split(':')[0] ?? '')) parameters[0] = `_${first}`
  const head = `function ${name}(${parameters.join(', ')}): ${result} {`
  if (head.length <= 100) return [head, ...lines, ...body, '}']
  const broken = [`function ${name}(`, ...parameters.map((p) => `  ${p},`), `): ${result} {`]
  return [...broken, ...lines, ...body, '}']
}
