// Finds the C headers of the Node that runs this script. Printed when run: the folder that holds
// node_api.h, downloaded by node-gyp into its cache first where the machine has none.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './native-sources.mjs'

/** Whether `<prefix>/include/node` holds the headers of this Node's major version. */
function holdsHeaders(prefix) {
  const version = join(prefix, 'include', 'node', 'node_version.h')
  if (!existsSync(version) || !existsSync(join(dirname(version), 'common.gypi'))) return false
  const major = /#define NODE_MAJOR_VERSION (\d+)/.exec(readFileSync(version, 'utf8'))?.[1]
  return major === process.versions.node.split('.')[0]
}

/** Where node-gyp keeps downloaded headers: one folder per Node version. */
function cachePrefix() {
  const caches =
    process.platform === 'darwin'
      ? join(homedir(), 'Library', 'Caches')
      : (process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'))
  const devdir = process.env.npm_config_devdir ?? join(caches, 'node-gyp')
  return join(devdir, process.versions.node)
}

/**
 * A prefix whose `include/node` holds the headers: npm's `nodedir`, then the folder that Node is
 * installed in. `undefined` leaves it to node-gyp, which downloads them.
 */
export function headersPrefix() {
  const named = process.env.npm_config_nodedir
  if (named && holdsHeaders(named)) return named
  const installed = dirname(dirname(realpathSync(process.execPath)))
  return holdsHeaders(installed) ? installed : undefined
}

/** The command line script of node-gyp, ours or the one that comes with npm; or `undefined`. */
export function nodeGypScript() {
  try {
    return createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js')
  } catch {
    return process.env.npm_config_node_gyp
  }
}

function includeFolder() {
  const known = headersPrefix() ?? (holdsHeaders(cachePrefix()) ? cachePrefix() : undefined)
  if (known) return join(known, 'include', 'node')
  const gyp = nodeGypScript()
  if (gyp) spawnSync(process.execPath, [gyp, 'install'], { cwd: root, stdio: 'ignore' })
  return holdsHeaders(cachePrefix()) ? join(cachePrefix(), 'include', 'node') : undefined
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = includeFolder()
  if (folder) console.log(folder)
  else {
    console.error("The headers of this Node were not found; name their folder by npm's nodedir.")
    process.exitCode = 1
  }
}
