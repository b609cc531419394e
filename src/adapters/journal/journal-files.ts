/** The few file operations of the journal's write path, so that tests can make each of them fail. */
import fs from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

export interface JournalFiles {
  /** A new empty file that only its owner can read; an older one of that name is replaced. */
  create(path: string): Promise<JournalFile>
  /** Gives the file its final name, durably. */
  publish(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  exists(path: string): Promise<boolean>
  /** Bytes that this process may still write to the file system of `folder`. */
  freeBytes(folder: string): Promise<number>
}

export interface JournalFile {
  /**
   * Writes at `position` and says how many bytes it wrote: fewer than given is no exception (full disks). What it says it
   * wrote is durable. After a rejection nothing is known of these bytes, and the file must not be written to again.
   */
  write(pieces: readonly Uint8Array[], position: number): Promise<number>
  truncate(length: number): Promise<void>
  close(): Promise<void>
}

const open = promisify(fs.open)
const close = promisify(fs.close)
const fsync = promisify(fs.fsync)
const ftruncate = promisify(fs.ftruncate)
const writev = promisify(fs.writev)

/**
 * A new file whose writes are durable when they return, as with fdatasync after each (open(2), O_DSYNC): one trip to a
 * thread for a flush, where a write and a sync would be two.
 */
const { O_CREAT, O_DSYNC, O_TRUNC, O_WRONLY } = fs.constants
const DURABLE = O_WRONLY | O_CREAT | O_TRUNC | O_DSYNC

export const nodeFiles: JournalFiles = {
  async create(path) {
    const fd = await open(path, DURABLE, 0o600)
    return {
      write: async (pieces, position) => {
        const { bytesWritten } = await writev(fd, pieces, position)
        // A file that was removed takes writes as before, and is gone with its descriptor.
        if (fs.fstatSync(fd).nlink === 0) throw new Error('the file was removed while it was written')
        return bytesWritten
      },
      truncate: (length) => ftruncate(fd, length),
      close: () => close(fd),
    }
  },
  async publish(from, to) {
    await fs.promises.rename(from, to)
    const folder = await open(dirname(to), 'r')
    try {
      await fsync(folder)
    } finally {
      await close(folder)
    }
  },
  exists: (path) =>
    fs.promises.access(path).then(
      () => true,
      () => false,
    ),
  remove: (path) => fs.promises.rm(path, { force: true }),
  async freeBytes(folder) {
    const { bavail, bsize } = await fs.promises.statfs(folder)
    return bavail * bsize
  },
}

/** Most buffers in one call: IOV_MAX of Linux. */
const MAX_PIECES = 1024

/** Writes everything or throws: a write that makes no progress is a full disk. */
export async function writeFully(file: JournalFile, pieces: readonly Uint8Array[], position: number): Promise<void> {
  let rest = pieces.filter((piece) => piece.length > 0)
  let at = position
  while (rest.length > 0) {
    const written = await file.write(rest.slice(0, MAX_PIECES), at)
    if (written === 0) {
      throw new Error('the file system took no more bytes')
    }
    at += written
    rest = dropBytes(rest, written)
  }
}

function dropBytes(pieces: readonly Uint8Array[], count: number): Uint8Array[] {
  let left = count
  const index = pieces.findIndex((piece) => {
    const inside = left < piece.length
    left -= inside ? 0 : piece.length
    return inside
  })
  return index === -1 ? [] : [pieces[index]!.subarray(left), ...pieces.slice(index + 1)]
}
