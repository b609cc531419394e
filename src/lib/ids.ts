import { randomBytes, randomUUID } from 'node:crypto'

/** Randomness as a parameter. */
export interface Ids {
  /** Lower-case UUID: drivers test query ids for this shape (protocol: `queryId` must look like a UUID). */
  uuid(): string
  /** An unguessable value: `prefix` and 256 random bits in base64url. */
  token(prefix: string): string
}

export const randomIds: Ids = {
  uuid: () => randomUUID(),
  token: (prefix) => `${prefix}${randomBytes(32).toString('base64url')}`,
}
