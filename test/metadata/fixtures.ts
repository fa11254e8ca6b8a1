/** Files that Apache Kafka wrote; see `fixtures/README.md`. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** The bytes of a fixture, unpacked when its name ends in `.gz`. */
export function fixture(name: string): Uint8Array {
  const bytes = readFileSync(new URL(`fixtures/${name}`, import.meta.url))
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes
}

/** What an admin client said of the node behind the `clean-` fixtures. */
export interface CleanManifest {
  readonly clusterId: string
  readonly nodeId: number
  readonly directoryId: string
  readonly quorumLeaderEpoch: number
  readonly finalizedFeatures: Readonly<Record<string, number>>
  readonly topics: readonly {
    readonly name: string
    readonly id: string
    readonly partitions: number
    readonly internal: boolean
    readonly configs: Readonly<Record<string, string>>
  }[]
  readonly brokerConfigs: readonly {
    readonly broker: string
    readonly configs: Readonly<Record<string, string>>
  }[]
}

/** See {@link CleanManifest}. */
export function cleanManifest(): CleanManifest {
  return JSON.parse(Buffer.from(fixture('clean-manifest.json')).toString('utf8')) as CleanManifest
}
