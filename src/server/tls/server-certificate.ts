/** A listener's certificate and key, read and checked before a client sees them. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { parseSecretReference, resolveSecret, type SecretSources } from '../../adapters/secrets/index.ts'
import { IcecoreError } from '../../errors.ts'
import { canonicalAddress } from '../../lib/net/index.ts'
import type { Secret } from '../../lib/secret.ts'

export interface CertificateFiles {
  /** Path of a PEM file. */
  readonly certificate: string
  /** Reference to the PEM of its key. */
  readonly privateKey: string
}

export interface ServerCertificate {
  /** PEM: the certificate first, then those that lead to its authority. */
  readonly chain: string
  readonly key: Secret
  readonly leaf: X509Certificate
}

const MAX_BYTES = 256 * 1024

/**
 * Rejects with ICE_SECRET_UNREADABLE for the key, a key that others may read included, and with ICE_CERTIFICATE_INVALID
 * for all else. Says nothing about times.
 */
export async function readServerCertificate(
  files: CertificateFiles,
  sources: SecretSources,
): Promise<ServerCertificate> {
  const chain = await readChain(files.certificate)
  const key = await resolveSecret(files.privateKey, sources)
  const leaf = parseLeaf(chain, files.certificate)
  if (!leaf.checkPrivateKey(parseKey(key, files))) {
    throw invalid(files, `the key ${files.privateKey} is not the one that it was made for`)
  }
  try {
    createSecureContext({ cert: chain, key: key.reveal() })
  } catch (cause) {
    // What TLS itself does not take: a key that is too short, a broken certificate behind the first.
    throw invalid(files, `TLS does not take it (${(cause as NodeJS.ErrnoException).code ?? 'no reason given'})`, cause)
  }
  return { chain, key, leaf }
}

/** Changes when one of the files does: also where a link is led to another file. */
export async function signatureOf({ certificate, privateKey }: CertificateFiles): Promise<string> {
  const reference = parseSecretReference(privateKey)
  const paths = [certificate, ...(reference?.source === 'file' ? [reference.argument] : [])]
  const signatures = paths.map(async (path) => {
    const found = await stat(path).catch(() => null)
    return found === null ? 'none' : [found.mtimeMs, found.ctimeMs, found.size, found.ino, found.dev].join(' ')
  })
  return (await Promise.all(signatures)).join('; ')
}

/** Whether a client that was sent to this host takes the certificate for the host's. */
export function isFor({ leaf }: ServerCertificate, host: string): boolean {
  const address = canonicalAddress(host)
  return (address === null ? leaf.checkHost(host) : leaf.checkIP(address)) !== undefined
}

async function readChain(path: string): Promise<string> {
  try {
    const found = await stat(path)
    // Reading a pipe would wait until somebody writes.
    if (!found.isFile()) throw invalid({ certificate: path }, 'it is not a file')
    if (found.size > MAX_BYTES) throw invalid({ certificate: path }, `it is larger than ${MAX_BYTES} bytes`)
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (cause instanceof IcecoreError) throw cause
    const { code = 'unknown' } = cause as NodeJS.ErrnoException
    throw invalid(
      { certificate: path },
      code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`,
      cause,
    )
  }
}

function parseLeaf(chain: string, path: string): X509Certificate {
  try {
    return new X509Certificate(chain)
  } catch (cause) {
    throw invalid({ certificate: path }, 'it is no certificate in PEM', cause)
  }
}

function parseKey(key: Secret, files: CertificateFiles): KeyObject {
  try {
    return createPrivateKey(key.reveal())
  } catch {
    // Without the cause: it may quote what could not be read.
    const encrypted = /^-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(key.reveal())
    throw invalid(files, `the key ${files.privateKey} is ${encrypted ? 'encrypted' : 'no private key in PEM'}`)
  }
}

function invalid(
  { certificate }: Pick<CertificateFiles, 'certificate'>,
  reason: string,
  cause?: unknown,
): IcecoreError {
  return new IcecoreError(
    'ICE_CERTIFICATE_INVALID',
    { path: certificate, reason },
    cause === undefined ? {} : { cause },
  )
}
