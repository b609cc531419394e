/** The key that everything Icecore stores hangs on: 32 random bytes in base64. */
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'
import { IcecoreError } from '../../errors.ts'
import { resolveSecret, type SecretSources } from './resolve-secret.ts'

const KEY_BYTES = 32

/** Writes a new key for its owner alone. Rejects when the file is there: another key would make the record unreadable. */
export async function createKeyFile(path: string): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'EEXIST' ? 'the file is there already' : `it cannot be written (${cause.code})`
    throw new IcecoreError('ICE_KEY_INVALID', { name: path, reason }, { cause })
  })
  try {
    await file.writeFile(`${randomBytes(KEY_BYTES).toString('base64')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Rejects with ICE_SECRET_UNREADABLE, or with ICE_KEY_INVALID when what is there is no such key. */
export async function loadKek(reference: string, sources: SecretSources): Promise<KeyObject> {
  const text = (await resolveSecret(reference, sources)).reveal()
  const key = Buffer.from(text, 'base64')
  // Node's decoder drops what it does not know: only a text that comes back as it was is a key.
  if (key.length !== KEY_BYTES || key.toString('base64') !== text) {
    throw new IcecoreError('ICE_KEY_INVALID', {
      name: reference,
      reason: `it is not ${KEY_BYTES} bytes in base64`,
    })
  }
  return createSecretKey(key)
}
