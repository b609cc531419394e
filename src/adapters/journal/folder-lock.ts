/**
 * One process writes a journal. Node has no flock, and a file that merely holds a pid outlives its process; SQLite
 * takes a real lock of the operating system, which is gone the moment the process is, whatever ended it.
 */
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { IcecoreError } from '../../errors.ts'

export interface FolderLock {
  release(): void
}

/**
 * Throws ICE_DATA_FOLDER, naming the pid of the holder, when another process (or this one) has the lock; and an error of
 * the system where the lock's own file cannot be written.
 */
export function lockFolder(folder: string): FolderLock {
  const pidFile = join(folder, 'journal.pid')
  const lockFile = join(folder, 'journal.lock')
  // SQLite gives its own files the mode of this one.
  closeSync(openSync(lockFile, 'a', 0o600))
  const database = new DatabaseSync(lockFile)
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    if (!isBusy(cause)) throw systemError(cause)
    throw new IcecoreError(
      'ICE_DATA_FOLDER',
      { folder, reason: `process ${readPid(pidFile)} is writing its journal` },
      { cause, hint: 'Stop that process, or give this one a data folder of its own.' },
    )
  }
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 })
  return { release: () => database.close() }
}

/** Result codes of SQLite (sqlite.org/rescode.html): the lower byte is the code, the rest says more of it. */
const SQLITE_BUSY = 5
const SYSTEM_CODES: Readonly<Record<number, string>> = { 8: 'EROFS', 10: 'EIO', 13: 'ENOSPC', 14: 'EACCES' }

function resultCode(error: unknown): number {
  return ((error as { readonly errcode?: number }).errcode ?? 0) & 0xff
}

function isBusy(error: unknown): boolean {
  return resultCode(error) === SQLITE_BUSY
}

function systemError(cause: unknown): Error {
  const error = new Error((cause as Error).message, { cause })
  return Object.assign(error, { code: SYSTEM_CODES[resultCode(cause)] })
}

function readPid(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return 'unknown'
  }
}
