import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type FileSystemName, program } from './power-cuts.ts'

/** Sparse; XFS takes no less than 300 MiB, Apache Kafka's indexes and segments some of it. */
const imageSize = '1200M'

/**
 * A file system in an image on a loop device, whose power can be cut. To be used in a mount
 * namespace of its own (`unshare --mount`), which takes mounts and loop device away at its end.
 */
export class MountedDisk {
  readonly path: string
  readonly #image: string

  /** Image and mount point lie in `folder`. */
  constructor(folder: string) {
    this.path = join(folder, 'disk')
    this.#image = join(folder, 'image')
    mkdirSync(this.path, { recursive: true })
  }

  /** Makes an empty file system and mounts it. */
  format(kind: FileSystemName): void {
    rmSync(this.#image, { force: true })
    execFileSync('truncate', ['-s', imageSize, this.#image])
    // mkfs is at home where a user's path may not lead.
    const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` }
    execFileSync(`mkfs.${kind}`, ['-q', kind === 'xfs' ? '-f' : '-F', this.#image], { env })
    this.#mount()
  }

  /** Makes durable what stands there now. */
  sync(): void {
    execFileSync('sync', ['-f', this.path])
  }

  /** Loses what is not synced and mounts again. Nobody may be using the disk. */
  async cutPower(): Promise<void> {
    execFileSync(program, ['--shutdown', this.path])
    await this.unmount()
    this.#mount()
  }

  /** Whoever used it may need a moment to be gone. */
  async unmount(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        execFileSync('umount', [this.path], { stdio: 'pipe' })
        return
      } catch (error) {
        if (tries === 50) throw error
        await sleep(20)
      }
    }
  }

  #mount(): void {
    execFileSync('mount', ['-o', 'loop', this.#image, this.path])
  }
}
