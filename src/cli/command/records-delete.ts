import { type Admin, ClientError, type RecordsToDelete } from '../../client/index.ts'
import { type AdminCommandOptions, withAdmin } from '../admin-client.ts'
import { exitCode } from '../exit-codes.ts'
import { outcomesOf } from '../outcomes.ts'
import { patiently } from '../patience.ts'
import { parseOffsetFile } from '../records/offset-file.ts'
import { failureLine, type Terminal, tableLines } from '../terminal.ts'
import { readTextFile } from '../text-file.ts'
import { partitionsInScope, type TopicScope } from '../topic-scope.ts'

/** Options of `records delete`. */
export interface RecordsDeleteOptions extends AdminCommandOptions {
  /** The first offset to keep; -1 for all up to the high watermark. With topics only. */
  readonly before?: number
  /** A file of `parseOffsetFile`, in place of topics. */
  readonly offsetJsonFile?: string
}

/** Deletes the records before an offset; goes on behind a partition where that fails. */
export async function recordsDelete(
  scopes: readonly TopicScope[],
  options: RecordsDeleteOptions,
  terminal: Terminal,
): Promise<number> {
  const file = options.offsetJsonFile
  const listed =
    file === undefined ? undefined : parseOffsetFile(readTextFile('file of offsets', file), file)
  const { deletions, outcomes } = await withAdmin(options, terminal, async (admin) => {
    const wanted = listed ?? (await deletionsIn(admin, scopes, options.before ?? -1))
    const call = () => patiently(() => admin.deleteRecords(wanted))
    return { deletions: wanted, outcomes: await outcomesOf(wanted, call) }
  })
  const rows = deletions.map(({ topic, partition }, at) => {
    const outcome = outcomes[at]
    if (outcome === undefined || outcome instanceof ClientError) {
      return { topic, partition, lowWatermark: null, error: outcome?.code ?? null }
    }
    return { topic, partition, lowWatermark: outcome.lowWatermark, error: null }
  })
  const failures = outcomes.filter((one) => one instanceof ClientError)
  if (options.json === true) terminal.out(JSON.stringify(rows))
  else if (failures.length < rows.length) {
    const done = rows.filter(({ error }) => error === null)
    const cells = done.map((row) => [row.topic, row.partition, row.lowWatermark ?? '-'])
    const headings = ['TOPIC', 'PARTITION', 'LOW-WATERMARK']
    for (const line of tableLines(headings, cells, terminal.styles)) terminal.out(line)
  }
  for (const { message } of failures) terminal.err(failureLine(message, terminal))
  return failures.length > 0 ? exitCode.failure : exitCode.success
}

async function deletionsIn(
  admin: Admin,
  scopes: readonly TopicScope[],
  beforeOffset: number,
): Promise<readonly RecordsToDelete[]> {
  const names = [...new Set(scopes.map(({ topic }) => topic))]
  const topics = await patiently(() => admin.describeTopics(names))
  return partitionsInScope(scopes, topics).map((one) => ({ ...one, beforeOffset }))
}
