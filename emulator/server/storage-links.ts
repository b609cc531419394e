/**
 * Signed links to result chunks, in the manner of pre-signed S3 URLs with a customer's encryption key: whoever has
 * the URL and the headers gets the chunk until the link expires, without any session.
 */
import { createHmac, randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { equalSecrets } from './users.ts'

export const KEY_ALGORITHM_HEADER = 'x-amz-server-side-encryption-customer-algorithm'
const KEY_HEADER = 'x-amz-server-side-encryption-customer-key'

export interface ChunkPath {
  readonly queryId: string
  readonly index: number
}

export type LinkCheck = 'valid' | 'expired' | 'forged'

export interface StorageLinksOptions {
  readonly storageUrl: string
  readonly validityMs: number
  readonly now: () => number
}

export class StorageLinks {
  readonly #options: StorageLinksOptions
  readonly #secret = randomBytes(32)

  constructor(options: StorageLinksOptions) {
    this.#options = options
  }

  /** Host and port of the storage. */
  get host(): string {
    return new URL(this.#options.storageUrl).host
  }

  chunkUrl(queryId: string, index: number): string {
    const path = `/results/${queryId}/main/data_0_0_${index}`
    const signed = new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'EMULATOR/us-west-2/s3/aws4_request',
      'X-Amz-Date': String(this.#options.now()),
      'X-Amz-Expires': String(this.#options.validityMs),
      'X-Amz-SignedHeaders': `host;${KEY_ALGORITHM_HEADER}`,
    })
    return `${this.#options.storageUrl}${path}?${signed}&X-Amz-Signature=${this.#sign(path, signed)}`
  }

  chunkHeaders(queryId: string): Readonly<Record<string, string>> {
    return { [KEY_ALGORITHM_HEADER]: 'AES256', [KEY_HEADER]: this.#chunkKey(queryId) }
  }

  parsePath(path: string): ChunkPath | null {
    const match = /^\/results\/([0-9a-f-]{36})\/main\/data_0_0_(\d{1,6})$/.exec(path)
    return match === null ? null : { queryId: match[1]!, index: Number(match[2]) }
  }

  check(path: string, query: URLSearchParams): LinkCheck {
    const signed = new URLSearchParams(query)
    signed.delete('X-Amz-Signature')
    if (!equalSecrets(query.get('X-Amz-Signature') ?? '', this.#sign(path, signed))) return 'forged'
    const expiresAt = Number(query.get('X-Amz-Date')) + Number(query.get('X-Amz-Expires'))
    return expiresAt > this.#options.now() ? 'valid' : 'expired'
  }

  hasChunkHeaders(queryId: string, headers: IncomingHttpHeaders): boolean {
    return (
      headers[KEY_ALGORITHM_HEADER] === 'AES256' &&
      equalSecrets(String(headers[KEY_HEADER] ?? ''), this.#chunkKey(queryId))
    )
  }

  #sign(path: string, signed: URLSearchParams): string {
    return createHmac('sha256', this.#secret).update(`${path}\n${signed}`).digest('hex')
  }

  #chunkKey(queryId: string): string {
    return createHmac('sha256', this.#secret).update(`key ${queryId}`).digest('base64')
  }
}
