/** Checks files against the import law of `layers.ts`; each violation is one sentence. */
import { dirname, join } from 'node:path'
import {
  developmentScripts,
  type Layer,
  nativeLayers,
  nativeLoader,
  packageEntry,
  pureBuiltins,
  requireFolders,
  systemRules,
  type TypeScriptLayer,
  typeScriptLayers,
} from './layers.ts'
import type { ParsedFile } from './source-tree.ts'

/** Violations of C++ files: includes of other layers, and of the system. */
export function nativeViolations(files: readonly ParsedFile[]): string[] {
  const known = new Set(files.map((file) => file.path))
  return files.flatMap((file) => {
    const layer = layerOf(file.path, nativeLayers)
    if (!layer) return [`${file.path}: its folder has no line in layers.ts`]
    return [...includeViolations(file, layer, known), ...systemViolations(file)]
  })
}

/** Violations of TypeScript files: imports of other layers, of Node and of packages. */
export function typeScriptViolations(files: readonly ParsedFile[]): string[] {
  const known = new Set(files.map((file) => file.path))
  return files.flatMap((file) => {
    const isEntry = dirname(file.path) === 'src'
    const layer = isEntry ? packageEntry : layerOf(file.path, typeScriptLayers)
    if (!layer) return [`${file.path}: its folder has no line in layers.ts`]
    const found = importsOf(file.uncommented).flatMap((specifier) => {
      const problem = specifier.startsWith('.')
        ? relativeProblem(file.path, specifier, layer, known)
        : outsideProblem(file.path, specifier, layer)
      return problem ? [`${file.path} imports ${specifier}: ${problem}`] : []
    })
    if (file.path !== nativeLoader && /\bdlopen\b|\.node['"]/.test(file.uncommented)) {
      found.push(`${file.path}: only ${nativeLoader} loads native code`)
    }
    const mayRequire = requireFolders.some((folder) => file.path.startsWith(folder))
    if (!mayRequire && /\b(createRequire|require)\s*\(/.test(file.code)) {
      found.push(`${file.path}: import, do not require`)
    }
    return found
  })
}

/** What a TypeScript text imports or re-exports, statically or not, as it is written there. */
export function importsOf(uncommented: string): string[] {
  const patterns = [
    /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    /^\s*import\s*['"]([^'"]+)['"]/gm,
    /\b(?:import|require)\(\s*['"`]([^'"`]+)['"`]/g,
    /\bnew URL\(\s*['"](\.[^'"]+\.(?:ts|js))['"]\s*,\s*import\.meta\.url/g,
  ]
  return patterns.flatMap((pattern) => [...uncommented.matchAll(pattern)].map((m) => m[1] ?? ''))
}

/** The most deeply nested layer that a path lies in. */
function layerOf<L extends Layer>(path: string, layers: readonly L[]): L | undefined {
  return layers
    .filter((layer) => path.startsWith(`${layer.folder}/`))
    .sort((a, b) => b.folder.length - a.folder.length)[0]
}

function includeViolations(file: ParsedFile, layer: Layer, known: ReadonlySet<string>): string[] {
  const includes = [...file.uncommented.matchAll(/^\s*#\s*include\s*"([^"]+)"/gm)]
  return includes.flatMap(([, included = '']) => {
    const target = `native/${included}`
    const where = `${file.path} includes "${included}"`
    if (!known.has(target)) return [`${where}: there is no ${target}`]
    if (isAllowed(target, layer)) return []
    return [`${where}: ${layer.folder} may not (${layer.reason})`]
  })
}

function systemViolations(file: ParsedFile): string[] {
  const lines = file.code.split('\n')
  return systemRules
    .filter((rule) => !rule.folders.some((folder) => file.path.startsWith(`${folder}/`)))
    .flatMap((rule) =>
      lines.flatMap((line, index) =>
        // A call's arguments may go on in the next line, where a rule looks for a flag.
        rule.pattern.test(line) && rule.pattern.test(`${line} ${(lines[index + 1] ?? '').trim()}`)
          ? [`${file.path}:${index + 1} ${line.trim()}: ${rule.reason}`]
          : [],
      ),
    )
}

function isAllowed(target: string, layer: Layer): boolean {
  if (target.startsWith(`${layer.folder}/`) && layer !== packageEntry) return true
  return layer.mayImport.some((allowed) => {
    if (allowed === '*/index.ts') return /^src\/[^/]+\/index\.ts$/.test(target)
    return target === allowed || target.startsWith(`${allowed}/`)
  })
}

function relativeProblem(
  path: string,
  specifier: string,
  layer: TypeScriptLayer,
  known: ReadonlySet<string>,
): string | undefined {
  const target = join(dirname(path), specifier)
  if (!target.startsWith('src/')) return 'nothing outside src/ is part of the package'
  if (!specifier.endsWith('.ts')) return 'a relative import ends in .ts'
  if (!known.has(target)) return `there is no ${target}`
  const isScript = (file: string): boolean =>
    developmentScripts.some((script) => file === script || file.startsWith(`${script}/`))
  if (isScript(target) && !isScript(path)) return 'a development script is imported by nothing'
  if (isAllowed(target, layer)) return undefined
  return `${layer.folder} may not (${layer.reason})`
}

function outsideProblem(
  path: string,
  specifier: string,
  layer: TypeScriptLayer,
): string | undefined {
  if (specifier.startsWith('node:')) {
    const isScript = developmentScripts.some((script) => path.startsWith(script))
    if (layer.builtins === 'any' || isScript || pureBuiltins.includes(specifier)) return undefined
    return `${layer.folder} does no I/O (${layer.reason})`
  }
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  if (layer.packages.includes(name)) return undefined
  return `${layer.folder} may not use the package ${name}`
}
