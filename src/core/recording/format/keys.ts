import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { KEY_BYTES } from './layout.ts'

const KEY_ID_BYTES = 16

/**
 * A key for one purpose, derived from the key-encryption key (HKDF-SHA-256, RFC 5869, no salt: the input is uniformly
 * random). The key-encryption key itself encrypts nothing, so no two purposes ever share a key.
 */
export function deriveKey(kek: KeyObject, purpose: string): KeyObject {
  return createSecretKey(expand(kek, purpose, KEY_BYTES))
}

/** Tells in clear which key-encryption key a segment needs, without telling anything about it. */
export function keyIdOf(kek: KeyObject): Buffer {
  return expand(kek, 'key-id', KEY_ID_BYTES)
}

function expand(kek: KeyObject, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', kek, Buffer.alloc(0), `icecore/v1/${purpose}`, bytes))
}
