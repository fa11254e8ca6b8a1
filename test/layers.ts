/**
 * The import law: which folder may use which, in both languages, with the reason. Lower never
 * imports higher, and what is not listed is forbidden. `architecture.test.ts` holds the tree to
 * it; there are no waivers, so a change of the law is a change of this page.
 */

/** One folder of `native/` or `src/` and everything that its files may use. */
export interface Layer {
  /** Path from the root, for instance `native/log`. A folder covers the folders below it. */
  readonly folder: string
  /**
   * What it may import besides itself: a folder (`src/base`), one file of it
   * (`src/storage/log-store.ts`), or the public index of every folder (`* /index.ts`, no space).
   */
  readonly mayImport: readonly string[]
  /** Why the folder exists, and why it needs no more. */
  readonly reason: string
}

/** A C++ folder; what belongs to the system is bound by {@link systemRules}. */
export type NativeLayer = Layer

/** A TypeScript folder, with what it may use from outside the project. */
export interface TypeScriptLayer extends Layer {
  /** Node's modules: `pure` is {@link pureBuiltins}, `any` is all of them. */
  readonly builtins: 'pure' | 'any'
  /** npm packages. */
  readonly packages: readonly string[]
}

/** Node's modules that do no I/O: what a pure folder may use. */
export const pureBuiltins: readonly string[] = [
  'node:assert',
  'node:buffer',
  'node:crypto',
  'node:events',
  'node:module',
  'node:perf_hooks',
  'node:timers',
  'node:timers/promises',
  'node:util',
  'node:zlib',
]

const belowDataPath = [
  'native/base',
  'native/checksum',
  'native/file',
  'native/batch',
  'native/log',
  'native/net',
]

/** The C++ core, lowest first. */
export const nativeLayers: readonly NativeLayer[] = [
  {
    folder: 'native/base',
    mayImport: [],
    reason: 'the vocabulary that every other folder shares: it includes nothing of ours',
  },
  {
    folder: 'native/checksum',
    mayImport: ['native/base'],
    reason: 'CRC-32C by processor; knows bytes alone',
  },
  {
    folder: 'native/file',
    mayImport: ['native/base'],
    reason: 'the seam under the log: every file system call, real or in memory',
  },
  {
    folder: 'native/batch',
    mayImport: ['native/base', 'native/checksum'],
    reason: 'record batches as bytes in and bytes out: no file, no log',
  },
  {
    folder: 'native/log',
    mayImport: ['native/base', 'native/checksum', 'native/file', 'native/batch'],
    reason: 'partitions on disk: no socket and no Kafka request',
  },
  {
    folder: 'native/check',
    mayImport: ['native/base', 'native/checksum', 'native/file', 'native/batch', 'native/log'],
    reason: 'tells what is damaged in a log directory that nobody uses, and repairs it',
  },
  {
    folder: 'native/net',
    mayImport: ['native/base'],
    reason: 'sockets and frames: knows bytes, not Kafka and not logs',
  },
  {
    folder: 'native/data_path',
    mayImport: belowDataPath,
    reason: 'Produce and Fetch: the only place where sockets and logs meet',
  },
  {
    folder: 'native/addon',
    mayImport: [...belowDataPath, 'native/check', 'native/data_path'],
    reason: 'translates the core for Node and does nothing else',
  },
]

/** Something of the system that few folders may touch. */
export interface SystemRule {
  /** What a source line, without its comments and strings, must not match elsewhere. */
  readonly pattern: RegExp
  /** The folders that may. */
  readonly folders: readonly string[]
  readonly reason: string
}

/** What of the system each C++ folder may touch. */
export const systemRules: readonly SystemRule[] = [
  {
    pattern: /#include\s*<(napi|node_api|js_native_api|node|v8|uv)\.h>/,
    folders: ['native/addon'],
    reason: 'the core runs and is tested without Node',
  },
  {
    pattern: /#include\s*<(dirent\.h|sys\/(stat|statfs|statvfs|file|vfs)\.h|fstream|filesystem)>/,
    folders: ['native/file'],
    reason: 'file system calls go through FileSystem, so that a test can crash each of them',
  },
  {
    pattern: /#include\s*<(fcntl\.h|sys\/mman\.h|sys\/uio\.h)>/,
    folders: ['native/file', 'native/net'],
    reason: 'net sets flags of sockets, maps anonymous buffers and writes several buffers at once',
  },
  {
    pattern: /#include\s*<(unistd\.h)>/,
    folders: ['native/file', 'native/net'],
    reason: 'descriptors are owned by files and sockets alone',
  },
  {
    pattern: new RegExp(
      '(?<!\\w)(pread|preadv2?|pwrite|pwritev2?|fsync|fdatasync|syncfs|sync_file_range|' +
        'ftruncate|fallocate|posix_fallocate|openat|renameat|unlinkat|opendir|readdir|' +
        'fopen|freopen|msync)\\s*\\(',
    ),
    folders: ['native/file'],
    reason: 'the calls themselves, by whatever header they come',
  },
  {
    pattern:
      /(?<![\w>])(::|std::)(open|creat|rename|unlink|remove|mkdir|rmdir|flock|stat|fstat)\s*\(/,
    folders: ['native/file'],
    reason: 'the calls whose names are common words, where they are qualified',
  },
  {
    pattern: /(?<!\w)mmap\s*\((?!.*MAP_ANONYMOUS)/,
    folders: ['native/file'],
    reason: 'only native/file maps a file; buffers elsewhere are anonymous',
  },
  {
    pattern: new RegExp(
      '#include\\s*<(sys/(socket|epoll|event|eventfd|sendfile|un)\\.h|netinet/.*|' +
        'arpa/inet\\.h|netdb\\.h|poll\\.h)>',
    ),
    folders: ['native/net'],
    reason: 'a log that knows sockets could not be embedded without them',
  },
  {
    pattern: /(?<!\w)(throw|try|catch|dynamic_cast|typeid)(?!\w)/,
    folders: [],
    reason: 'the core is compiled without exceptions and type information',
  },
]

const base = 'src/base'
const lowTier = [
  base,
  'src/record',
  'src/compression',
  'src/protocol',
  'src/telemetry',
  'src/addon',
]
const storagePort = ['src/storage/log-store.ts', 'src/storage/data-plane.ts']
const deciders = [
  'src/transport',
  'src/metadata',
  'src/policy',
  'src/cleaner',
  'src/security',
  'src/consensus',
]
const publicIndexes = '*/index.ts'

function layer(
  folder: string,
  mayImport: readonly string[],
  reason: string,
  outside: { builtins?: 'pure' | 'any'; packages?: readonly string[] } = {},
): TypeScriptLayer {
  const { builtins = 'pure', packages = [] } = outside
  return { folder, mayImport, reason, builtins, packages }
}

const any = { builtins: 'any' } as const

/** The TypeScript side, lowest first. */
export const typeScriptLayers: readonly TypeScriptLayer[] = [
  layer(base, [], 'the vocabulary that every other folder shares; no I/O, so the simulator has it'),

  layer('src/record', [base], 'records and their bytes; pure'),
  layer('src/compression', [base], 'codecs, each loaded at its first use', {
    packages: ['snappy', 'lz4-napi', '@bokuweb/zstd-wasm'],
  }),
  layer('src/protocol', [base], 'the wire in values and bytes; pure'),
  layer('src/telemetry', [base], 'all write to it, only http reads it'),
  layer('src/addon', [base], 'the sole loader of the native module', any),

  layer('src/storage', lowTier, 'the log as TypeScript sees it, behind one port', any),
  layer('src/transport', lowTier, 'client connections: frames, no API knowledge', any),
  layer('src/metadata', lowTier, 'records, image, delta; pure'),
  layer('src/policy', lowTier, 'what to retain, compact and throttle; pure'),
  layer(
    'src/cleaner',
    [...lowTier, ...storagePort, 'src/policy'],
    'executes policy over the storage port, in a worker',
    any,
  ),
  layer('src/security', lowTier, 'authenticates and authorises; pure state machines'),
  layer('src/consensus', lowTier, 'steps of Raft; pure, so the simulator drives it'),

  layer(
    'src/controller',
    [...lowTier, ...deciders, ...storagePort],
    'a command becomes records and a response; storage only by its port',
  ),
  layer(
    'src/replication',
    [...lowTier, ...deciders, ...storagePort],
    'followers and in-sync sets; storage only by its port',
  ),
  layer(
    'src/coordinator',
    [...lowTier, ...deciders, ...storagePort],
    'groups and transactions; storage only by its port',
  ),
  layer(
    'src/client',
    [
      base,
      'src/telemetry',
      'src/record',
      'src/compression',
      'src/protocol',
      'src/transport',
      'src/security',
      'src/addon/batch.ts',
    ],
    'talks to any broker: it needs none of the parts that make one',
    any,
  ),
  layer(
    'src/engine',
    [...lowTier, ...deciders, 'src/storage', 'src/controller', 'src/replication'],
    'a node without sockets: directories, metadata, logs; the broker and the queue stand on it',
    any,
  ),
  layer(
    'src/queue',
    [
      base,
      'src/record',
      'src/compression',
      'src/telemetry',
      'src/addon/batch.ts',
      'src/protocol/crc32c.ts',
      'src/protocol/error-codes.ts',
      ...storagePort,
      'src/storage/open-logs.ts',
      'src/metadata',
      'src/controller',
      'src/engine',
    ],
    'the embedded log: no broker, no client, no socket; what another thread has open is visited',
    any,
  ),

  layer(
    'src/broker',
    [
      ...lowTier,
      ...deciders,
      'src/storage',
      'src/controller',
      'src/replication',
      'src/coordinator',
      'src/engine',
    ],
    'the composition root, router and handlers; neither client nor queue',
    any,
  ),
  layer('src/streams', [base, 'src/client/index.ts'], 'built on the public client alone', any),
  layer('src/connect', [base, 'src/client/index.ts'], 'built on the public client alone', any),

  layer(
    'src/bench',
    [base, 'src/protocol', 'src/transport/index.ts'],
    'brokers from outside, ours as others: processes, requests and what they took',
    any,
  ),

  layer('src/http', [base, publicIndexes], 'metrics, health and console over public indexes', {
    builtins: 'any',
    packages: ['prom-client'],
  }),
  layer('src/cli', [base, publicIndexes, 'src/http'], 'commands over public indexes', {
    builtins: 'any',
    packages: ['commander', 'cli-progress'],
  }),
]

/** What the files directly in `src/`, the package's own entry points, may import. */
export const packageEntry: TypeScriptLayer = layer(
  'src',
  [publicIndexes],
  'an explicit list of exports, taken from public indexes',
)

/** Development scripts below `src/`, imported by no other folder: they may use all of Node. */
export const developmentScripts: readonly string[] = [
  'src/protocol/generate.ts',
  'src/protocol/generator',
  'src/metadata/config/generate.ts',
]

/** The one file that loads our native code. */
export const nativeLoader = 'src/addon/load.ts'

/** Where `require` stands in for an import: packages that load at their first use, at once. */
export const requireFolders: readonly string[] = [nativeLoader, 'src/compression/']
