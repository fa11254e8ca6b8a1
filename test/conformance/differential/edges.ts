/** From a valid request to one at the edges or beyond: one or two fields get another value. */
import { type Random, randomBelow } from '../../../src/base/random.ts'
import {
  type FieldModel,
  type MessageModel,
  modelOf,
  type StructModel,
  within,
} from '../../../src/protocol/generator/model.ts'
import { apiSchemas } from '../../../src/protocol/schema/apis.ts'
import { pick } from '../malformed/mutations.ts'
import { Batches } from './batches.ts'
import { isStruct } from './ids.ts'

/** What the fields of a request may hold that name something of the brokers. */
export interface Pool {
  readonly names: readonly string[]
  readonly topicIds: readonly unknown[]
}

type Struct = Readonly<Record<string, unknown>>

const models = new Map<number, MessageModel>()

function requestModel(key: number): MessageModel {
  const known = models.get(key)
  if (known !== undefined) return known
  const schema = apiSchemas.find((api) => api.key === key)
  if (schema === undefined) throw new Error(`there is no schema for API ${key}`)
  const model = modelOf(schema.request)
  models.set(key, model)
  return model
}

/** The fields of a request that a version has; what is left out gets its default. */
export function fitted(key: number, version: number, request: object): Struct {
  return fitStruct(requestModel(key).root, version, request as Struct)
}

function fitStruct(struct: StructModel, version: number, value: Struct): Struct {
  const fields = struct.fields.filter(
    (field) => within(field.versions, version) && value[field.name] !== undefined,
  )
  return Object.fromEntries(
    fields.map((field) => [field.name, fitField(field, version, value[field.name])]),
  )
}

function fitField(field: FieldModel, version: number, value: unknown): unknown {
  const { struct } = field
  if (struct === null) return value
  if (field.array && Array.isArray(value)) {
    return value.map((item) => fitStruct(struct, version, item as Struct))
  }
  return isStruct(value) ? fitStruct(struct, version, value) : value
}

/**
 * Fields that keep their value. Others would make the answer a matter of time (how long a request
 * may take, when a member counts as gone), or have to do with transactions, which are not built and
 * for which Kafka makes a topic of its own.
 */
const kept: ReadonlySet<string> = new Set([
  'timeoutMs',
  'maxWaitMs',
  'rebalanceTimeoutMs',
  'sessionTimeoutMs',
  'retentionTimeMs',
  'transactionalId',
  'keyType',
])
/** Fields whose numbers cost memory or time in proportion. */
const costly = /^(numPartitions|count)$/

/** True if a request of that version has a field that may change. */
export function hasEdges(key: number, version: number): boolean {
  return changeable(requestModel(key).root, version).length > 0
}

function changeable(struct: StructModel, version: number): FieldModel[] {
  return struct.fields.filter((field) => within(field.versions, version) && !kept.has(field.name))
}

/** A request with one or two fields changed. */
export function onTheEdge(
  key: number,
  version: number,
  request: Struct,
  pool: Pool,
  random: Random,
): Struct {
  const { root } = requestModel(key)
  const once = changed(root, version, request, pool, random)
  return randomBelow(random, 3) === 0 ? changed(root, version, once, pool, random) : once
}

function changed(
  struct: StructModel,
  version: number,
  value: Struct,
  pool: Pool,
  random: Random,
): Struct {
  const fields = changeable(struct, version)
  if (fields.length === 0) return value
  const field = pick(fields, random)
  return { ...value, [field.name]: changedField(field, version, value[field.name], pool, random) }
}

function changedField(
  field: FieldModel,
  version: number,
  value: unknown,
  pool: Pool,
  random: Random,
): unknown {
  const nullable = within(field.nullable, version) && field.primitive !== 'records'
  const { struct } = field
  if (field.array && Array.isArray(value) && value.length > 0) {
    const choice = randomBelow(random, 12)
    if (choice === 0) return []
    if (choice === 1) return [...value, value[0]]
    if (choice === 2 && nullable) return null
    const at = randomBelow(random, value.length)
    const item = value[at]
    const other =
      struct === null
        ? edgeOf(field, item, pool, random)
        : changed(struct, version, item as Struct, pool, random)
    return value.with(at, other)
  }
  if (nullable && randomBelow(random, 4) === 0) return null
  if (struct !== null) {
    if (isStruct(value)) return changed(struct, version, value, pool, random)
    return field.array ? [] : value
  }
  if (field.array) return randomBelow(random, 2) === 0 ? [] : [edgeOf(field, 0, pool, random)]
  return edgeOf(field, value, pool, random)
}

const integers = {
  int8: [-128, -1, 0, 1, 2, 3, 4, 5, 16, 127],
  int16: [-32768, -2, -1, 0, 1, 2, 3, 17, 32767],
  uint16: [0, 1, 65535],
  int32: [-(2 ** 31), -2, -1, 0, 1, 2, 3, 100, 2 ** 31 - 1],
  int64: [-(2 ** 53) + 1, -6, -5, -4, -3, -2, -1, 0, 1, 2, 5, 1_700_000_000_001, 2 ** 53 - 1],
} as const

const longest = 'n'.repeat(249)
const strings = ['', 'no-such-thing', 'bad name', '.', '..', longest, `${longest}n`, 'ü', 'a:b']

function edgeOf(field: FieldModel, value: unknown, pool: Pool, random: Random): unknown {
  const { primitive } = field
  switch (primitive) {
    case 'bool':
      return value !== true
    case 'float64':
      return pick([-1, 0, 0.5, 1, 100, 1e18], random)
    case 'uuid':
      return pick(
        [
          'AAAAAAAAAAAAAAAAAAAAAA',
          'AAAAAAAAAAAAAAAAAAAAAQ',
          'nosuchidnosuchidnosuQQ',
          ...pool.topicIds,
        ],
        random,
      )
    case 'string':
      return pick([...strings, ...pool.names], random)
    case 'bytes':
      return pick([Buffer.alloc(0), Buffer.from([0]), Buffer.from('bytes')], random)
    case 'records':
      return pick([Buffer.alloc(0), Buffer.alloc(10), Buffer.alloc(61), new Batches([])], random)
    case null:
      return value
    default: {
      const numbers = integers[primitive]
      return pick(costly.test(field.name) ? numbers.filter((n) => n < 4) : numbers, random)
    }
  }
}
