/**
 * Keys of the demo, and how they are told from others. The demo's keys lie in a folder that anybody may copy from, and its
 * issuer signs whatever it is asked to: a gateway with real data behind it must not start with them. The marks are in
 * the keys themselves, so that a copy under another name is known, too.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseSecretReference, resolveSecret, type SecretSources } from '../adapters/secrets/index.ts'
import { IcecoreError } from '../errors.ts'
import type { Config } from './config/index.ts'

/** The first half of the demo's key-encryption key; the other half is random. */
export const DEMO_KEY_PREFIX = Buffer.from('icecore demo key')
/** Stands above the demo's private key: PEM readers pass over what is outside the markers (RFC 7468 section 2). */
export const DEMO_PEM_HEAD = 'Icecore demo key: made by "icecore demo", for nothing else.'
/** Audience of the tokens that the demo's issuer signs. */
export const DEMO_AUDIENCE = 'icecore-demo'
/** File in a data folder that the demo has made. */
export const DEMO_MARKER = 'DEMO'

const HINT = '"icecore init" makes a configuration and a key of your own'

/** Rejects with ICE_KEY_INVALID or ICE_DATA_FOLDER where anything of the demo's would be used for real. */
export async function refuseDemoKeys(config: Config, sources: SecretSources): Promise<void> {
  if (await isDemoFolder(config.data)) {
    const details = { folder: config.data, reason: 'it is the demo’s' }
    throw new IcecoreError('ICE_DATA_FOLDER', details, { hint: HINT })
  }
  for (const [name, { audiences }] of Object.entries(config.issuers)) {
    if (audiences.includes(DEMO_AUDIENCE)) {
      throw keyRefused(`of issuer ${name}`, 'it is the demo’s, which signs whatever it is asked to')
    }
  }
  const key = await readKey(config.recording.key, sources)
  if (Buffer.from(key, 'base64').subarray(0, DEMO_KEY_PREFIX.length).equals(DEMO_KEY_PREFIX)) {
    throw keyRefused(config.recording.key, 'it is the demo’s')
  }
  for (const { credential } of Object.values(config.connections)) {
    const pem = await readKey(credential.private_key, sources)
    if (pem.includes(DEMO_PEM_HEAD)) throw keyRefused(credential.private_key, 'it is the demo’s')
  }
}

export async function isDemoFolder(folder: string): Promise<boolean> {
  return stat(join(folder, DEMO_MARKER)).then(
    () => true,
    () => false,
  )
}

/** Empty for a command's: the demo hands its keys out as files only, and a command may ask a person and is not run twice. */
async function readKey(reference: string, sources: SecretSources): Promise<string> {
  if (parseSecretReference(reference)?.source === 'exec') return ''
  return (await resolveSecret(reference, sources)).reveal()
}

function keyRefused(name: string, reason: string): IcecoreError {
  return new IcecoreError('ICE_KEY_INVALID', { name, reason }, { hint: HINT })
}
