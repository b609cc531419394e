/** A file system of a few MiB, really mounted, where this machine lets us. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Why a file system cannot be mounted here; false where it can. */
export const cannotMount: string | false = tryMount()

/** Mounts one at `path`. */
export async function mountSmallDisk(path: string, mebibytes: number): Promise<void> {
  await mkdir(path, { recursive: true })
  mount('-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=700`, 'tmpfs', path)
}

export function remount(path: string, how: 'ro' | 'rw'): void {
  mount('-o', `remount,${how}`, path)
}

/** Whoever still has it open keeps it until then. */
export function unmount(path: string): void {
  execFileSync('umount', ['-l', path], { stdio: 'pipe' })
}

function mount(...options: readonly string[]): void {
  execFileSync('mount', options, { stdio: 'pipe' })
}

function tryMount(): string | false {
  const path = mkdtempSync(join(tmpdir(), 'icecore-mount-'))
  try {
    mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path)
    unmount(path)
    return false
  } catch (error) {
    return `a file system cannot be mounted here (${(error as Error).message.split('\n')[0]})`
  } finally {
    rmSync(path, { recursive: true })
  }
}
