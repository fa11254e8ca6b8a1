import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setUp } from '../harness/set-up.ts'
import { kafkaVersion } from './kafka-target.ts'

/** The Apache Kafka that a comparison fetches. */
export const comparedVersion = '4.3.1'

const javaMin = 17
const toInstall = 'Debian: "apt-get install default-jdk-headless"'

/**
 * The folder of Apache Kafka's jars: `named`, or where Maven puts them at their first use. Rejects
 * with a sentence where there are none, or no Java that runs them.
 */
export async function kafkaJars(named: string | undefined): Promise<string> {
  const modules = javaModules()
  const obstacle =
    modules === undefined ? `java is not installed; ${toInstall}` : javaObstacle(modules)
  if (obstacle !== undefined) throw new Error(obstacle)
  return named === undefined ? setUp('kafka-jars.sh', [comparedVersion]) : namedJars(named)
}

/**
 * The folder of jars that is meant by one that a user names: itself, or `libs` of a release.
 * @throws {Error} if neither holds Apache Kafka
 */
export function namedJars(folder: string): string {
  const found = [folder, join(folder, 'libs')].find(
    (each) => existsSync(each) && kafkaVersion(each) !== '',
  )
  if (found === undefined) throw new Error(`there are no jars of Apache Kafka in ${folder}`)
  return found
}

/** What is compared, for the report: the version of Apache Kafka in `jars`, and its Java's. */
export function describeKafka(jars: string, modules: string = javaModules() ?? ''): string {
  const java = javaVersion(modules) ?? 'of an unknown version'
  return `Apache Kafka ${kafkaVersion(jars)}, Java ${java}`
}

function javaVersion(modules: string): string | undefined {
  return /^java\.base@(\S+)/m.exec(modules)?.[1]
}

/** What the `java` of the PATH says of its parts; undefined if there is none. */
function javaModules(): string | undefined {
  const { stdout, status } = spawnSync('java', ['--list-modules'], { encoding: 'utf8' })
  return status === 0 ? stdout : undefined
}

/** Why a Java does not do, by what its `--list-modules` prints; undefined where it does. */
export function javaObstacle(modules: string): string | undefined {
  const major = Number.parseInt(javaVersion(modules) ?? '0', 10)
  if (major < javaMin) return `Java ${javaMin} or later is needed, and this is Java ${major}`
  // Kafka's producers are run from their source.
  const hasCompiler = /^jdk\.compiler@/m.test(modules)
  return hasCompiler ? undefined : `java is there, but not its compiler; ${toInstall}`
}
