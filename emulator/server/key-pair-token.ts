/** Log-in by key pair: a JWT that the user's private key signed (driver-protocol.md#key-pair-jwt). */
import { randomUUID } from 'node:crypto'
import { compactVerify, decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose'
import { ProtocolError } from './protocol-error.ts'
import type { User, Users } from './users.ts'

/** Snowflake accepts a JWT for at most an hour, whatever it says itself. */
const MAX_LIFETIME_MS = 3_600_000
const CLOCK_SKEW_MS = 60_000
/** The Node driver writes `iat` and `exp` in milliseconds; as seconds such a value would lie in the year 5138. */
const MILLISECONDS_FROM = 1e11

const jwtErrors = {
  invalid: '390144',
  unknownUser: '394300',
  expired: '394301',
  notYetValid: '394302',
  lifetime: '394303',
  fingerprint: '394304',
  algorithm: '394305',
  format: '394306',
} as const

export interface KeyPairLogin {
  readonly token: string
  /** The name outside the JWT; Go sends none. */
  readonly loginName: string | null
  readonly account: string
  readonly nowMs: number
}

export async function verifyKeyPairToken(users: Users, login: KeyPairLogin): Promise<User> {
  const claims = readToken(login.token)
  const subject = claims.sub ?? ''
  const accountEnd = subject.indexOf('.')
  const account = subject.slice(0, accountEnd)
  const user = users.find(subject.slice(accountEnd + 1))
  const named = login.loginName === null || login.loginName.toUpperCase() === user?.name
  if (accountEnd < 1 || account.toUpperCase() !== login.account.toUpperCase() || user === undefined || !named) {
    throw refusal(jwtErrors.unknownUser)
  }

  const issuer = claims.iss ?? ''
  if (!issuer.startsWith(`${subject}.`)) throw refusal(jwtErrors.unknownUser)
  const key = user.publicKeys.get(issuer.slice(subject.length + 1))
  if (key === undefined) throw refusal(jwtErrors.fingerprint)

  try {
    await compactVerify(login.token, key, { algorithms: ['RS256'] })
  } catch {
    throw refusal(jwtErrors.invalid)
  }
  checkTimes(claims, login.nowMs)
  return user
}

function readToken(token: string): JWTPayload {
  let algorithm: string | undefined
  let claims: JWTPayload
  try {
    algorithm = decodeProtectedHeader(token).alg
    claims = decodeJwt(token)
  } catch {
    throw refusal(jwtErrors.format)
  }
  if (algorithm !== 'RS256') throw refusal(jwtErrors.algorithm)
  return claims
}

function checkTimes(claims: JWTPayload, nowMs: number): void {
  const issuedAt = toMilliseconds(claims.iat)
  const expiresAt = toMilliseconds(claims.exp)
  if (expiresAt === null || issuedAt === null) throw refusal(jwtErrors.format)
  if (expiresAt <= nowMs) throw refusal(jwtErrors.expired)
  const validFrom = Math.max(issuedAt, toMilliseconds(claims.nbf) ?? issuedAt)
  if (validFrom > nowMs + CLOCK_SKEW_MS) throw refusal(jwtErrors.notYetValid)
  if (nowMs - issuedAt > MAX_LIFETIME_MS) throw refusal(jwtErrors.lifetime)
}

function toMilliseconds(value: number | undefined): number | null {
  if (value === undefined) return null
  return value > MILLISECONDS_FROM ? value : value * 1000
}

function refusal(code: string): ProtocolError {
  return new ProtocolError(code, `JWT token is invalid. [${randomUUID()}]`, { authnMethod: 'KEYPAIR' })
}
