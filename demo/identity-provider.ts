/** The demo's OIDC issuer: discovery, keys, and a token endpoint that signs whatever claims it is given. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

export interface IdentityProvider {
  readonly issuer: string
  /** `POST` a JSON object of claims; the answer is `{access_token}`. */
  readonly tokenEndpoint: string
  /** A token with these claims; `iss`, `aud`, `iat` and `exp` are filled in where they are missing. */
  sign(claims: Readonly<Record<string, unknown>>): Promise<string>
  close(): Promise<void>
}

export interface IdentityProviderOptions {
  readonly audience: string
  /** Seconds. */
  readonly tokenLife: number
}

const ALGORITHM = 'ES256'
const MAX_BODY = 64 * 1024

export async function startIdentityProvider(options: IdentityProviderOptions): Promise<IdentityProvider> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM)
  const jwk: JWK = { ...(await exportJWK(publicKey)), alg: ALGORITHM, use: 'sig' }
  const kid = await calculateJwkThumbprint(jwk)
  const server = createServer()
  const issuer = await listen(server)
  const sign = (claims: Readonly<Record<string, unknown>>): Promise<string> => {
    const now = Math.floor(Date.now() / 1000)
    const filled = { iss: issuer, aud: options.audience, iat: now, exp: now + options.tokenLife, ...claims }
    return new SignJWT(filled).setProtectedHeader({ alg: ALGORITHM, kid, typ: 'at+jwt' }).sign(privateKey)
  }
  const documents: Readonly<Record<string, unknown>> = {
    '/.well-known/openid-configuration': {
      issuer,
      jwks_uri: `${issuer}/jwks`,
      token_endpoint: `${issuer}/token`,
      id_token_signing_alg_values_supported: [ALGORITHM],
    },
    '/jwks': { keys: [{ ...jwk, kid }] },
  }
  server.on('request', (request, response) => {
    answer(request, response, documents, sign).catch(() => respond(response, 400, { error: 'invalid_request' }))
  })
  return {
    issuer,
    tokenEndpoint: `${issuer}/token`,
    sign,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  documents: Readonly<Record<string, unknown>>,
  sign: IdentityProvider['sign'],
): Promise<void> {
  const path = request.url ?? '/'
  const document = documents[path]
  if (request.method === 'GET' && document !== undefined) return respond(response, 200, document)
  if (request.method !== 'POST' || path !== '/token') return respond(response, 404, { error: 'not_found' })
  const claims: unknown = JSON.parse(await readText(request))
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims))
    throw new TypeError('claims are no object')
  respond(response, 200, {
    access_token: await sign(claims as Readonly<Record<string, unknown>>),
    token_type: 'Bearer',
  })
}

async function readText(request: IncomingMessage): Promise<string> {
  const blocks: Buffer[] = []
  let size = 0
  for await (const block of request as AsyncIterable<Buffer>) {
    size += block.length
    if (size > MAX_BODY) throw new RangeError('the body is too large')
    blocks.push(block)
  }
  return Buffer.concat(blocks).toString('utf8')
}

function respond(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body))
}
