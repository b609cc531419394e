/** Seals secrets that a later process needs: AES-256-GCM under a key derived from the key-encryption key. */
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'
import { deriveKey } from '../../core/recording/format/index.ts'
import { IcecoreError } from '../../errors.ts'
import type { Sealer } from '../../gate/ports.ts'
import { Secret } from '../../lib/secret.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16
/** First byte of what is sealed: the form, for what a later version may do otherwise. */
const FORM = 1

/** Base64 of `form | nonce | ciphertext | tag`; the purpose is authenticated with it. */
export function createSealer(kek: KeyObject): Sealer {
  const key = deriveKey(kek, 'sealed-secrets')
  return {
    seal(text, purpose) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      cipher.setAAD(Buffer.from(purpose))
      const sealed = Buffer.concat([cipher.update(text.reveal(), 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(FORM), nonce, sealed, cipher.getAuthTag()]).toString('base64')
    },
    open(sealed, purpose) {
      try {
        const bytes = Buffer.from(sealed, 'base64')
        if (bytes[0] !== FORM) throw new Error('not of a known form')
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + NONCE_BYTES))
        decipher.setAAD(Buffer.from(purpose))
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
        const text = decipher.update(bytes.subarray(1 + NONCE_BYTES, -TAG_BYTES))
        return new Secret(Buffer.concat([text, decipher.final()]).toString('utf8'))
      } catch (cause) {
        throw new IcecoreError(
          'ICE_KEY_INVALID',
          { name: 'for sealed secrets', reason: 'what was sealed was sealed under another one' },
          { cause },
        )
      }
    },
  }
}
