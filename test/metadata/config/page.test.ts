import { describe, expect, it } from 'vitest'
import { configPage } from '../../../src/metadata/config/page.ts'
import {
  brokerConfigs,
  clientMetricsConfigs,
  groupConfigs,
  topicConfigs,
} from '../../../src/metadata/config/tables.ts'

const page = configPage()

/** The part of the page below a heading, up to the next one of the same or a higher level. */
function below(heading: string): string {
  const start = page.indexOf(`\n${heading}\n`)
  expect(start, heading).toBeGreaterThan(-1)
  const level = heading.slice(0, heading.indexOf(' '))
  const rest = page.slice(start + heading.length + 2)
  const end = rest.search(level === '##' ? /^## /m : /^##+ /m)
  return end === -1 ? rest : rest.slice(0, end)
}

function namesIn(text: string): string[] {
  return [...text.matchAll(/^\| `([a-z0-9.]+)` \|/gm)].map(([, name]) => name ?? '')
}

describe('the page of configs', () => {
  it.each([
    ['## Broker configs', brokerConfigs()],
    ['## Topic configs', topicConfigs()],
    ['## Group configs', groupConfigs()],
    ['## Client metrics configs', clientMetricsConfigs()],
  ])('%s lists each config once, but for internal ones', (heading, table) => {
    const shown = [...table.values()].filter(({ internal }) => !internal)
    expect(namesIn(below(heading)).sort()).toEqual(shown.map(({ name }) => name).sort())
  })

  it.each([
    ['### Broker configs: built', 'log.dirs'],
    ['### Broker configs: without meaning on one node', 'num.io.threads'],
    ['### Broker configs: not built yet', 'transaction.max.timeout.ms'],
    ['### Broker configs: refused at any value but the default', 'ssl.keystore.location'],
    ['### Topic configs: refused at any value but the default', 'remote.storage.enable'],
  ])('%s: %s', (heading, name) => {
    expect(namesIn(below(heading))).toContain(name)
  })

  it('says of each config its type, its default and who may change it when', () => {
    expect(page).toContain('| `num.io.threads` | int | `8` | for one or all |  |')
    expect(page).toContain(
      '| `listeners` | list | **`PLAINTEXT://localhost:9092`** | by a restart | Where to listen',
    )
    expect(page).toContain('| `broker.rack` | string |  | by a restart | The rack')
    expect(page).toContain('| `flush.messages` | long | **`1`** | After how many')
    expect(page).toContain('| `authorizer.class.name` | string | empty | by a restart |  |')
  })
})
