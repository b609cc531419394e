/** An OIDC issuer with one key, whose one token logs the bench's sessions in. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { type LocalServer, listenLocally } from './local-server.ts'

export interface BenchIssuer {
  readonly issuer: string
  readonly jwksUri: string
  /** Good for an hour. */
  readonly token: string
  close(): void
}

export const AUDIENCE = 'icecore-bench'
export const SUBJECT = 'bench'
const KEY_ID = 'bench-1'

export async function startBenchIssuer(): Promise<BenchIssuer> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, alg: 'ES256', use: 'sig' }
  const server: LocalServer = await listenLocally((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [jwk] }))
  })
  return {
    issuer: server.url,
    jwksUri: `${server.url}/jwks`,
    token: signToken(privateKey, server.url),
    close: () => server.close(),
  }
}

/** A JWT access token (RFC 9068). */
function signToken(key: KeyObject, issuer: string): string {
  const now = Math.floor(Date.now() / 1000)
  const header = { alg: 'ES256', typ: 'at+jwt', kid: KEY_ID }
  const claims = { iss: issuer, aud: AUDIENCE, sub: SUBJECT, groups: ['bench'], iat: now, exp: now + 3600 }
  const signed = `${encode(header)}.${encode(claims)}`
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
