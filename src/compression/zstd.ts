/**
 * zstd (codec 4): standard frames, one or more, usually without a content size (RFC 8878). Node's
 * own zlib where it has zstd (22.15 and later), a WebAssembly build of the same library elsewhere.
 */
import { createRequire } from 'node:module'
import * as zlib from 'node:zlib'
import { type Codec, corrupt, tooLarge } from './codec.ts'

type WebAssemblyZstd = typeof import('@bokuweb/zstd-wasm')

const frameMagic = 0xfd2fb528
/** 0x184D2A50 to 0x184D2A5F: frames that a decoder passes over. */
const skippableMagic = 0x184d2a5
const blockBytesMax = 128 * 1024
const defaultLevel = 3
/** The library's error number where the output does not fit. */
const destinationTooSmall = -70

interface ZlibWithZstd {
  zstdCompressSync(bytes: Uint8Array, options: object): Buffer
  zstdDecompressSync(bytes: Uint8Array, options: object): Buffer
  readonly constants: { readonly ZSTD_c_compressionLevel: number }
}

/** Codec 4; levels -131072 to 22. Loads its library when called. */
export async function loadZstd(): Promise<Codec> {
  return 'zstdDecompressSync' in zlib
    ? withZlib(zlib as unknown as ZlibWithZstd)
    : await withWebAssembly()
}

function withZlib(library: ZlibWithZstd): Codec {
  const levelKey = library.constants.ZSTD_c_compressionLevel
  return {
    id: 4,
    name: 'zstd',
    compress: (bytes, level = defaultLevel) =>
      library.zstdCompressSync(bytes, { params: { [levelKey]: level } }),
    decompress: (bytes, outputBytesMax) =>
      decompressFrames(bytes, outputBytesMax, (frame, limit, overflow) => {
        try {
          return library.zstdDecompressSync(frame, { maxOutputLength: Math.max(1, limit) })
        } catch (error) {
          const { code } = error as NodeJS.ErrnoException
          if (code === 'ERR_BUFFER_TOO_LARGE') throw overflow()
          throw corrupt('zstd', (error as Error).message, error)
        }
      }),
  }
}

async function withWebAssembly(): Promise<Codec> {
  // An import that failed would fail for ever; the next require tries again.
  const library = createRequire(import.meta.url)('@bokuweb/zstd-wasm') as WebAssemblyZstd
  await library.init()
  return {
    id: 4,
    name: 'zstd',
    compress: (bytes, level = defaultLevel) => library.compress(bytes, level),
    decompress: (bytes, outputBytesMax) =>
      decompressFrames(bytes, outputBytesMax, (frame, limit, overflow) => {
        try {
          return library.decompress(frame, { defaultHeapSize: limit })
        } catch (error) {
          const { message } = error as Error
          if (message.endsWith(` ${destinationTooSmall}`)) throw overflow()
          throw corrupt('zstd', message, error)
        }
      }),
  }
}

/** Frame by frame, because both libraries stop silently behind the first one. */
function decompressFrames(
  bytes: Uint8Array,
  outputBytesMax: number,
  decompress: (frame: Uint8Array, limit: number, overflow: () => Error) => Uint8Array,
): Uint8Array {
  const parts: Uint8Array[] = []
  let room = outputBytesMax
  for (const frame of frames(bytes)) {
    // One byte more than allowed tells output that fits from output that would not.
    const limit = Math.min(frame.outputBytesMax, room + 1)
    // The WebAssembly build allocates what a frame declares, so that is judged before.
    if (frame.declaredBytes > room) throw tooLarge('zstd', outputBytesMax)
    if (frame.declaredBytes > frame.outputBytesMax) throw corrupt('zstd', 'impossible size')
    // Blocks that yield more than blocks can are no bomb, but damage.
    const overflow = () =>
      limit > room
        ? tooLarge('zstd', outputBytesMax)
        : corrupt('zstd', 'a block yields more than a block can')
    const output = decompress(bytes.subarray(frame.start, frame.end), limit, overflow)
    if (output.length > room) throw tooLarge('zstd', outputBytesMax)
    room -= output.length
    parts.push(output)
  }
  return Buffer.concat(parts)
}

function frames(bytes: Uint8Array): FrameExtent[] {
  const found: FrameExtent[] = []
  let at = 0
  if (bytes.length === 0) throw corrupt('zstd', 'no frame')
  while (at < bytes.length) {
    const frame = frameExtent(bytes, at)
    if (!frame.skippable) found.push(frame)
    at = frame.end
  }
  return found
}

/** Where a frame stands and the most bytes its blocks can yield, from their headers alone. */
interface FrameExtent {
  readonly start: number
  readonly end: number
  readonly skippable: boolean
  readonly outputBytesMax: number
  /** The content size in the frame's header, 0 where it declares none. */
  readonly declaredBytes: number
}

function frameExtent(bytes: Uint8Array, start: number): FrameExtent {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length - start < 9) throw corrupt('zstd', 'frame cut short')
  const magic = view.getUint32(start, true)
  if (magic >>> 4 === skippableMagic) {
    const end = start + 8 + view.getUint32(start + 4, true)
    if (end > bytes.length) throw corrupt('zstd', 'skippable frame cut short')
    return { start, end, skippable: true, outputBytesMax: 0, declaredBytes: 0 }
  }
  if (magic !== frameMagic) throw corrupt('zstd', 'no frame')
  const descriptor = view.getUint8(start + 4)
  const singleSegment = (descriptor & 0x20) !== 0
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0
  const sizeAt = start + 5 + (singleSegment ? 0 : 1) + dictionaryBytes
  let at = sizeAt + sizeBytes
  if (at > bytes.length) throw corrupt('zstd', 'frame cut short')
  const declaredBytes = contentSize(view, sizeAt, sizeBytes)
  let outputBytesMax = 0
  for (;;) {
    if (at + 3 > bytes.length) throw corrupt('zstd', 'block cut short')
    const header = view.getUint8(at) | (view.getUint16(at + 1, true) << 8)
    const size = header >>> 3
    const type = (header >>> 1) & 3
    if (size > blockBytesMax || type === 3) throw corrupt('zstd', 'impossible block')
    // Raw and run-length blocks say what they yield, compressed ones at most a whole block.
    outputBytesMax += type === 2 ? blockBytesMax : size
    at += 3 + (type === 1 ? 1 : size)
    if ((header & 1) !== 0) break
  }
  const end = at + ((descriptor & 0x04) !== 0 ? 4 : 0)
  if (end > bytes.length) throw corrupt('zstd', 'frame cut short')
  return { start, end, skippable: false, outputBytesMax, declaredBytes }
}

/** Frame_Content_Size of RFC 8878, 3.1.1.1.4: two bytes count from 256, none is unknown. */
function contentSize(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(at)
  if (bytes === 2) return view.getUint16(at, true) + 256
  if (bytes === 4) return view.getUint32(at, true)
  return bytes === 8 ? Number(view.getBigUint64(at, true)) : 0
}
