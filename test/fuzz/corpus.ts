import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../scripts/native-sources.mjs'

/** The targets: each is test/fuzz/NAME_fuzz.cc. */
export const targets = ['batch', 'request', 'frame', 'segment', 'journal', 'resume'] as const
export type Target = (typeof targets)[number]

/** Inputs that once failed, as hex: they stay in the corpus. */
const foundFolder = join(root, 'test', 'fuzz', 'found')

/** Options of segment_fuzz.cc and journal_fuzz.cc that seeds use. */
const [sealAndRenumber, cleanStop, secondSegment] = [3, 4, 8]
const [fence, tornEntry] = [1, 2]

/** Writes the inputs that a target begins with to a folder; returns how many there are. */
export function writeCorpus(target: Target, folder: string): number {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const made = seeds[target]()
  if (made.length === 0) throw new Error(`no golden vector gives a seed for ${target}`)
  const inputs = [...made, ...found(target)]
  for (const [i, input] of inputs.entries()) writeFileSync(join(folder, `seed-${i}`), input)
  return inputs.length
}

function found(target: Target): Buffer[] {
  const names = readdirSync(foundFolder).filter((name) => name.startsWith(`${target}-`))
  return names.map((name) => Buffer.from(readFileSync(join(foundFolder, name), 'utf8'), 'hex'))
}

const seeds: Readonly<Record<Target, () => Buffer[]>> = {
  batch: () => goldenBatches().map((batch) => Buffer.concat([uint8(1), batch])),
  request: requests,
  frame: () => {
    const frames = requests().map((frame) => Buffer.concat([int32(frame.length), frame]))
    return frames.map((_, i) =>
      Buffer.concat([uint8(i), uint8(i * 7), ...frames.slice(i, i + 1 + (i % 4))]),
    )
  },
  segment: segments,
  journal: journals,
  resume: resumePoints,
}

/** Every batch that Apache Kafka built or refused. */
function goldenBatches(): Buffer[] {
  const folder = join(root, 'test', 'native', 'fixtures')
  return ['golden-batches.txt', 'bad-batches.txt'].flatMap((name) => {
    const lines = readFileSync(join(folder, name), 'utf8').matchAll(/^bytes x([0-9a-f]+)$/gm)
    return [...lines].map(([, hex]) => Buffer.from(hex ?? '', 'hex'))
  })
}

/** Produce and Fetch as Apache Kafka encodes them, of all versions, with a header. */
function requests(): Buffer[] {
  return ['00-produce.hex', '01-fetch.hex'].flatMap((name, apiKey) => {
    const text = readFileSync(join(root, 'test', 'wire', name), 'utf8')
    const bodies = text.matchAll(/^\w+Request (\d+)\n.*\n([0-9a-f]+)$/gm)
    return [...bodies].map(([, version, hex]) => {
      const head = [int16(apiKey), int16(Number(version)), int32(1), int16(4), Buffer.from('fuzz')]
      return Buffer.concat([...head, Buffer.from(hex ?? '', 'hex')])
    })
  })
}

function segments(): Buffer[] {
  const batches = goldenBatches().filter((batch) => batch.length < 400)
  const nothing = piece(Buffer.alloc(0))
  return batches.flatMap((_, i) => {
    const log = piece(Buffer.concat(batches.slice(i, i + 1 + (i % 6))))
    const index = piece(Buffer.concat([int32(1), int32(batches[i]?.length ?? 0)]))
    const files = [log, i % 3 === 0 ? index : nothing, nothing, nothing, nothing]
    const epochs = piece(Buffer.from('0\n1\n0 0\n'))
    return [sealAndRenumber, sealAndRenumber | cleanStop, sealAndRenumber | secondSegment].map(
      (options) => {
        const head = [uint8(options), int16(i % 5), int16(i % 3), int16(i)]
        const second = (options & secondSegment) === 0 ? [] : files
        return Buffer.concat([...head, ...files, ...second, epochs])
      },
    )
  })
}

function journals(): Buffer[] {
  return goldenBatches()
    .filter((batch) => batch.length < 300)
    .map((batch, i) => {
      const entry = (options: number, at: number) =>
        Buffer.concat([uint8(options), uint8(i % 3), uint8(i % 2), int16(at), piece(batch)])
      const entries = [entry(0, 100), entry(i % 5 === 0 ? fence : 0, 200)]
      const last = entry(i % 4 === 0 ? tornEntry : 0, 300)
      const part = (number: number, first: number, ...all: Buffer[]) => {
        const head = [uint8(0), uint8(number), uint8(first), uint8(all.length)]
        return Buffer.concat([...head, ...all, piece(Buffer.alloc(i % 50))])
      }
      return Buffer.concat([uint8(2), part(0, 0, ...entries), part(1, 2, last)])
    })
}

/** Without and with an aborted transaction and producers of one and two batches. */
function resumePoints(): Buffer[] {
  const point = [int64(9), int64(4), int64(500), int64(1700000000000), int64(8), int32(1), int32(1)]
  const aborted = [int16(0), int64(1000), int64(5), int64(6), int64(7)]
  const batch = [int32(3), int64(8), int32(1), int64(1700000000000)]
  const producer = (batches: number) => {
    const head = [int64(1000), int16(0), int32(0), int64(1700000000000), int64(-1)]
    return [...head, uint8(batches), ...Array.from({ length: batches }, () => batch).flat()]
  }
  return [
    Buffer.concat([...point, int32(0), int32(0)]),
    Buffer.concat([...point, int32(1), ...aborted, int32(1), ...producer(1)]),
    Buffer.concat([...point, int32(0), int32(2), ...producer(2), ...producer(0)]),
  ]
}

function piece(bytes: Buffer): Buffer {
  return Buffer.concat([int16(bytes.length), bytes])
}

function uint8(value: number): Buffer {
  return Buffer.from([value & 0xff])
}

function int16(value: number): Buffer {
  return Buffer.from([(value >> 8) & 0xff, value & 0xff])
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(value))
  return bytes
}

function int32(value: number): Buffer {
  return Buffer.concat([int16(value >>> 16), int16(value)])
}
