import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

/** What the kernel does with a fault is said here, whatever the image says. */
const mountOptions = 'loop,errors=remount-ro'

/** What a small disk is made of: memory, or ext4 on a file through a loop device. */
export type DiskKind = 'tmpfs' | 'ext4'

/**
 * A small file system of its own, mounted in a temporary folder, for what a broker does on a full
 * or broken one. Whoever makes one ends it with {@link dispose}.
 */
export class MountedDisk {
  /** Where it is mounted. */
  readonly path: string
  readonly #folder: string
  #mounted = true

  private constructor(folder: string, path: string) {
    this.#folder = folder
    this.path = path
  }

  /** Makes and mounts one. Undefined, with a line that says why, where the machine forbids it. */
  static make(kind: DiskKind, mebibytes: number): MountedDisk | undefined {
    const folder = mkdtempSync(join(tmpdir(), 'odradek-disk-'))
    const path = join(folder, 'mounted')
    const image = join(folder, 'image')
    mkdirSync(path)
    const steps: readonly (readonly string[])[] =
      kind === 'tmpfs'
        ? [['mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'odradek-test', path]]
        : [
            ['truncate', '-s', `${mebibytes}M`, image],
            ['mkfs.ext4', '-q', '-m', '0', image],
            ['mount', '-o', mountOptions, image, path],
          ]
    for (const [program = '', ...args] of steps) {
      const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
      if (status === 0) continue
      console.log(`skipped: ${program} is not possible here: ${error?.message ?? stderr.trim()}`)
      rmSync(folder, { recursive: true, force: true })
      return undefined
    }
    return new MountedDisk(folder, path)
  }

  /**
   * Makes the kernel find a fault in it, whereupon it can only be read any more. ext4 only. False,
   * with a line that says why, where the kernel offers no way to ask for that.
   */
  becomeReadOnly(): boolean {
    const source = readFileSync('/proc/mounts', 'utf8').split('\n')
    const device = source.find((line) => line.split(' ')[1] === this.path)?.split(' ')[0] ?? ''
    try {
      writeFileSync(`/sys/fs/ext4/${basename(device)}/trigger_fs_error`, '1')
      return true
    } catch (error) {
      console.log(`skipped: ext4 takes no order to fail here: ${(error as Error).message}`)
      return false
    }
  }

  /** Checks and mounts it again after {@link becomeReadOnly}. Nobody may have a file open there. */
  repair(): void {
    const image = join(this.#folder, 'image')
    run('umount', this.path)
    this.#mounted = false
    // 1: faults were found and repaired.
    run('sh', '-c', 'e2fsck -fy "$0" >/dev/null 2>&1; test $? -le 1', image)
    run('mount', '-o', mountOptions, image, this.path)
    this.#mounted = true
  }

  /** Unmounts and removes it; also while somebody still has files open there. */
  dispose(): void {
    if (this.#mounted) run('umount', '--lazy', this.path)
    this.#mounted = false
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function run(...command: readonly string[]): void {
  const [program = '', ...args] = command
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr.trim()}`)
}
