/**
 * A small OIDC issuer on a real loopback socket, for tests: discovery, keys, tokens, and everything that can go wrong
 * with them. It signs with `node:crypto`, so that it also makes tokens that a library would refuse to make.
 */
import { generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { ServerIdentity } from './certificates.ts'

export type IdpAlgorithm = 'RS256' | 'ES256' | 'ES384' | 'EdDSA'
export type IdpDocument = 'discovery' | 'jwks'

/** How a document is answered instead of properly. */
export type IdpFault =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'redirect'; readonly location: string }
  /** The connection is taken and never answered. */
  | { readonly kind: 'hang' }
  /** The head comes, the body never ends. */
  | { readonly kind: 'drip' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'body'; readonly body: string; readonly headers?: Readonly<Record<string, string>> }

export interface IdpKey {
  readonly algorithm: IdpAlgorithm
  readonly kid: string
  readonly privateKey: KeyObject
  /** As published. */
  readonly jwk: JsonWebKey & { readonly kid: string; readonly alg: string; readonly use: string }
}

export interface MintOptions {
  /** Put over `{alg, kid, typ: 'at+jwt'}`; undefined takes a parameter out. */
  readonly header?: Readonly<Record<string, unknown>>
  /** The newest published key where it is left out. */
  readonly key?: IdpKey
}

export interface TestIdpOptions {
  /** Milliseconds; the tests' fake clock. */
  readonly now?: () => number
  readonly algorithm?: IdpAlgorithm
  /** Behind the host, for example `/realms/acme`. */
  readonly path?: string
  readonly audience?: string
  /** Serves over TLS with this; plain HTTP where it is left out. */
  readonly identity?: ServerIdentity
}

type IdpOptions = Required<Omit<TestIdpOptions, 'identity'>> & Pick<TestIdpOptions, 'identity'>

export class TestIdp {
  /** How often each document was asked for, faults included. */
  readonly hits: Record<IdpDocument, number> = { discovery: 0, jwks: 0 }
  readonly faults = new Map<IdpDocument, IdpFault>()
  /** Published keys: tests may add, remove and spoil entries. */
  readonly published: Record<string, unknown>[] = []
  /** Sent with the key set. */
  cacheControl: string | null = null
  #newest: IdpKey
  #tokens = 0
  #keys = 1
  readonly #options: IdpOptions
  readonly #server

  private constructor(options: IdpOptions) {
    this.#options = options
    const answer = (request: IncomingMessage, response: ServerResponse): void =>
      this.#answer(request.url ?? '/', response)
    this.#server = options.identity === undefined ? createServer(answer) : createTlsServer(options.identity, answer)
    this.#newest = makeKey(options.algorithm, 'key-1')
    this.published.push(this.#newest.jwk)
  }

  static async start(options: TestIdpOptions = {}): Promise<TestIdp> {
    const idp = new TestIdp({ now: Date.now, algorithm: 'ES256', path: '', audience: 'icecore', ...options })
    await new Promise<void>((resolve) => idp.#server.listen(0, '127.0.0.1', resolve))
    return idp
  }

  get origin(): string {
    return `${this.#options.identity === undefined ? 'http' : 'https'}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get issuer(): string {
    return `${this.origin}${this.#options.path}`
  }

  get jwksUri(): string {
    return `${this.issuer}/keys`
  }

  get key(): IdpKey {
    return this.#newest
  }

  /** Signs with a new key from now on. The old ones stay published unless they are dropped. */
  rotate(options: { readonly dropOld?: boolean; readonly kid?: string } = {}): IdpKey {
    this.#keys += 1
    this.#newest = makeKey(this.#options.algorithm, options.kid ?? `key-${this.#keys}`)
    if (options.dropOld === true) this.published.length = 0
    this.published.push(this.#newest.jwk)
    return this.#newest
  }

  /** A token with the usual claims and these put over them; undefined takes a claim out. */
  mint(claims: Readonly<Record<string, unknown>> = {}, options: MintOptions = {}): string {
    const key = options.key ?? this.#newest
    const iat = Math.floor(this.#options.now() / 1000)
    this.#tokens += 1
    const usual = { iss: this.issuer, sub: 'user-1', aud: this.#options.audience, iat, exp: iat + 600 }
    const header = { alg: key.algorithm, kid: key.kid, typ: 'at+jwt', ...options.header }
    return signToken(JSON.stringify(header), JSON.stringify({ ...usual, jti: `token-${this.#tokens}`, ...claims }), key)
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #answer(path: string, response: ServerResponse): void {
    const documents: Readonly<Record<string, IdpDocument>> = {
      [`${this.#options.path}/.well-known/openid-configuration`]: 'discovery',
      [`${this.#options.path}/keys`]: 'jwks',
    }
    const document = documents[path]
    if (document === undefined) {
      response.writeHead(404).end()
      return
    }
    this.hits[document] += 1
    const fault = this.faults.get(document)
    if (fault === undefined) this.#answerProperly(document, response)
    else answerFault(response, fault)
  }

  #answerProperly(document: IdpDocument, response: ServerResponse): void {
    const cacheControl = document === 'jwks' && this.cacheControl !== null ? { 'cache-control': this.cacheControl } : {}
    response.writeHead(200, { 'content-type': 'application/json', ...cacheControl })
    const discovery = { issuer: this.issuer, jwks_uri: this.jwksUri }
    response.end(JSON.stringify(document === 'discovery' ? discovery : { keys: this.published }))
  }
}

/** A key that no issuer publishes by itself: a forger's, or one to be published by hand. */
export function makeKey(algorithm: IdpAlgorithm, kid: string): IdpKey {
  const { privateKey, publicKey } = generatePair(algorithm)
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' }
  return { algorithm, kid, privateKey, jwk }
}

/** Signs texts as they are, so that they need not be what JSON.stringify would write. */
export function signToken(header: string, payload: string, key: IdpKey): string {
  const signed = `${Buffer.from(header).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`
  const hash = { RS256: 'sha256', ES256: 'sha256', ES384: 'sha384', EdDSA: null }[key.algorithm]
  const signature = sign(hash, Buffer.from(signed), { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}

function generatePair(algorithm: IdpAlgorithm): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  switch (algorithm) {
    case 'RS256':
      return generateKeyPairSync('rsa', { modulusLength: 2048 })
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    case 'ES384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' })
    case 'EdDSA':
      return generateKeyPairSync('ed25519')
  }
}

function answerFault(response: ServerResponse, fault: IdpFault): void {
  switch (fault.kind) {
    case 'status':
      response.writeHead(fault.status).end('{}')
      break
    case 'redirect':
      response.writeHead(302, { location: fault.location }).end()
      break
    case 'hang':
      break
    case 'drip':
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"keys":[')
      break
    case 'cut':
      response.writeHead(200, { 'content-length': '1000' }).write('{"keys":[')
      setImmediate(() => response.destroy())
      break
    case 'body':
      response.writeHead(200, fault.headers ?? {}).end(fault.body)
      break
  }
}
