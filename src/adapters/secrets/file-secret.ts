import { constants, open } from 'node:fs/promises'
import { type SecretReference, unreadable } from './secret-reference.ts'

const MAX_BYTES = 64 * 1024
const OTHERS = 0o077

/** Reads a file that only its owner may read. Permissions are those of the opened file, not of a name checked before. */
export async function readFileSecret(reference: SecretReference): Promise<string> {
  const path = reference.argument
  // A pipe would keep whoever opens it waiting until somebody writes, and the end of the process with it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(
      reference,
      error.code === 'ENOENT' ? 'there is no such file' : `it cannot be opened (${error.code})`,
    )
  })
  try {
    const found = await file.stat()
    if (!found.isFile()) {
      throw unreadable(reference, 'it is not a file')
    }
    if (process.platform !== 'win32' && (found.mode & OTHERS) !== 0) {
      throw unreadable(reference, 'others than its owner may read or change it', `Run: chmod 600 ${path}`)
    }
    if (found.size > MAX_BYTES) {
      throw unreadable(reference, `it is larger than ${MAX_BYTES} bytes`)
    }
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}
