// A reporter for `node --test`, which loads it by its default export: a line of JSON for each test.
import type { TestEvent } from 'node:test/reporters'

/** What a line says; `file` is absolute, and missing where a file itself could not be run. */
export interface TestLine {
  readonly file: string | undefined
  readonly name: string
  readonly passed: boolean
  /** True for what was skipped or is still to be written. */
  readonly skipped: boolean
}

/** Turns the runner's events into lines of {@link TestLine}. */
export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of source) {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue
    const { file, name, skip, todo } = event.data
    const skipped = isSet(skip) || isSet(todo)
    const line: TestLine = { file, name, passed: event.type === 'test:pass', skipped }
    yield `${JSON.stringify(line)}\n`
  }
}

/** A reason, which may be empty, or true. */
function isSet(mark: string | boolean | undefined): boolean {
  return mark !== undefined && mark !== false
}
