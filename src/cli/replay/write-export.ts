import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Writes pieces to a file that only its owner may read. A file that is there is replaced with `force` alone, and only once
 * the new one is whole. Rejects with the error of the system, EEXIST among them.
 */
export async function writePrivately(path: string, pieces: AsyncIterable<string>, force: boolean): Promise<void> {
  const target = force ? join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`) : path
  const file = await open(target, 'wx', 0o600)
  try {
    await file.writeFile(pieces)
    await file.sync()
    await file.close()
    if (force) await rename(target, path)
  } catch (error) {
    await file.close().catch(() => undefined)
    await rm(target, { force: true })
    throw error
  }
}
