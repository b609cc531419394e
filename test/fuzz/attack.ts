/** One thing done to a request, and the bytes that come of it. */
import { encodeRequest, type HttpRequest } from './http-request.ts'
import type { Random } from './random.ts'

export interface Attack {
  readonly mutation: string
  readonly bytes: Buffer
  /** Where the request ends is no longer sure: a connection that is closed without an answer is one, too. */
  readonly isBroken: boolean
  /** The client goes away as soon as it has written. */
  readonly leaves: boolean
  /** An answer to HEAD has no body. */
  readonly isHead: boolean
}

export interface Mutation {
  readonly name: string
  fits?(request: HttpRequest): boolean
  /** The changed request, or where it is no whole one any more, its bytes. */
  apply(request: HttpRequest, random: Random): HttpRequest | Buffer
}

/** Changes what stands in a whole request: it must be answered. */
export function attackWith(mutation: Mutation, request: HttpRequest, random: Random): Attack {
  const made = mutation.apply(request, random)
  const isWhole = !Buffer.isBuffer(made)
  return {
    mutation: mutation.name,
    bytes: isWhole ? encodeRequest(made) : made,
    isBroken: !isWhole,
    leaves: random.chance(0.01),
    isHead: isWhole ? made.method === 'HEAD' : made.subarray(0, 5).toString('latin1') === 'HEAD ',
  }
}
