import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { Turns } from '../apache-kafka/reference.ts'
import type { Settings } from '../broker-target.ts'

/** Starts on a copy of a directory that is there already. */
export class OnCopy extends Turns {
  readonly #source: string

  constructor(source: string, current: 'odradek' | 'kafka') {
    super()
    this.#source = source
    this.current = current
  }

  override prepare(folder: string, port: number, settings: Settings): void {
    super.prepare(folder, port, settings)
    cpSync(this.#source, join(folder, 'data'), { recursive: true })
  }
}
