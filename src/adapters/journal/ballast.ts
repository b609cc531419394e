/**
 * Space kept in reserve by a file that holds nothing: when the disk is full, removing it makes room to record that.
 * A file made longer by ftruncate reserves nothing, so the bytes are written; they are random, since a file system that
 * compresses would not store zeros.
 */
import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type JournalFiles, writeFully } from './journal-files.ts'

const BLOCK_BYTES = 1024 * 1024

export async function keepBallast(files: JournalFiles, folder: string, bytes: number): Promise<void> {
  const path = ballastPath(folder)
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  )
  if (size >= bytes) {
    return
  }
  const block = randomBytes(Math.min(bytes, BLOCK_BYTES))
  const file = await files.create(path)
  try {
    for (let at = 0; at < bytes; at += block.length) {
      await writeFully(file, [block.subarray(0, bytes - at)], at)
    }
  } finally {
    await file.close()
  }
}

export function releaseBallast(files: JournalFiles, folder: string): Promise<void> {
  return files.remove(ballastPath(folder))
}

function ballastPath(folder: string): string {
  return join(folder, 'ballast')
}
