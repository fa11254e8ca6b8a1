/**
 * Offsets in a file, in the form that Kafka's tools write and read: a line a partition, without a
 * heading, `TOPIC,PARTITION,OFFSET` for one group and `GROUP,TOPIC,PARTITION,OFFSET` for several.
 */

/** One line of such a file. */
export interface FileOffset {
  /** Undefined in a file for one group. */
  readonly group: string | undefined
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/**
 * Reads a file's text. Throws a sentence that names file and line for what is not of that form, and
 * for a partition that is there twice.
 */
export function parseResetFile(text: string, file: string): readonly FileOffset[] {
  const found: FileOffset[] = []
  const seen = new Set<string>()
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    if (line.trim() === '') continue
    const offset = offsetIn(fieldsOf(line))
    const where = `${file}, line ${index + 1}`
    if (offset === undefined) {
      const forms = 'TOPIC,PARTITION,OFFSET or GROUP,TOPIC,PARTITION,OFFSET'
      throw new Error(`${where}: "${line}" is not of the form ${forms}.`)
    }
    const name = JSON.stringify([offset.group, offset.topic, offset.partition])
    if (seen.has(name)) {
      throw new Error(`${where}: ${offset.topic}-${offset.partition} is there a second time.`)
    }
    seen.add(name)
    found.push(offset)
  }
  if (found.length === 0) throw new Error(`There are no offsets in ${file}.`)
  return found
}

/** The lines of a file; the group stands in it when there are several, as Kafka's tool does it. */
export function resetFileLines(
  offsets: readonly {
    readonly group: string
    readonly topic: string
    readonly partition: number
    readonly newOffset: number
  }[],
  groupCount: number,
): string[] {
  return offsets.map(({ group, topic, partition, newOffset }) => {
    const fields = [topic, partition, newOffset]
    return (groupCount > 1 ? [quoted(group), ...fields] : fields).join(',')
  })
}

/** Fields between commas; one in quotes may hold commas, and quotes that are written twice. */
function fieldsOf(line: string): string[] {
  const fields: string[] = []
  const field = /\s*(?:"((?:[^"]|"")*)"|([^",]*))\s*(,|$)/y
  while (field.lastIndex <= line.length) {
    const match = field.exec(line)
    if (match === null) return []
    fields.push(match[1] === undefined ? (match[2] ?? '').trim() : match[1].replaceAll('""', '"'))
    if (match[3] !== ',') break
  }
  return fields
}

function offsetIn(fields: readonly string[]): FileOffset | undefined {
  const group = fields.length === 4 ? fields[0] : undefined
  const [topic = '', ...numbers] = fields.length === 4 ? fields.slice(1) : fields
  const areNumbers = numbers.length === 2 && numbers.every((one) => /^\d{1,19}$/.test(one))
  if (!areNumbers || topic === '' || group === '') return undefined
  const [partition = Number.NaN, offset = Number.NaN] = numbers.map(Number)
  const areExact = Number.isSafeInteger(offset) && partition < 2 ** 31
  return areExact ? { group, topic, partition, offset } : undefined
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
