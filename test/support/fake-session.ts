import { ICECORE, type Principal } from '../../src/core/identity/index.ts'
import { clientProfile } from '../../src/core/wire/index.ts'
import { type ChunkBody, type Past, type Sealer, Session, type UpstreamSession } from '../../src/gate/index.ts'
import { Secret } from '../../src/lib/secret.ts'

/** An upstream session that answers what a test gives it, and nothing else. */
export function fakeUpstream(answers: Partial<UpstreamSession> = {}): UpstreamSession {
  const unexpected = async (): Promise<never> => {
    throw new TypeError('the test did not expect this call')
  }
  return {
    id: '1',
    context: { role: 'ANALYST', warehouse: 'WH', database: 'SHOP', schema: 'SALES' },
    parameters: new Map(),
    serverVersion: '9',
    submit: unexpected,
    result: unexpected,
    status: unexpected,
    abort: unexpected,
    heartbeat: unexpected,
    keep: () => new Secret('kept'),
    onRenewal: () => undefined,
    close: async () => undefined,
    openChunk: unexpected,
    ...answers,
  }
}

export function fakePrincipal(id = 'person:ada'): Principal {
  const token = { issuerName: 'idp', issuer: 'https://idp', id: 'jti', issuedAt: 0, expiresAt: 0, audience: [] }
  return { ...ICECORE, id, displayName: id, token }
}

export function fakeSession(upstream: UpstreamSession = fakeUpstream(), principal = 'person:ada'): Session {
  return new Session({
    id: `session of ${principal}`,
    door: 'driver',
    principal: fakePrincipal(principal),
    connection: 'prod',
    mayUseRole: (role) => role === 'ANALYST',
    ownUser: 'ICECORE',
    profile: clientProfile('JavaScript', '3.3.0'),
    upstream,
    clientTag: null,
    openedAt: Date.UTC(2026, 0, 1),
  })
}

/** A chunk at storage, in blocks as given; an error among them breaks it off. */
export function chunkBody(blocks: readonly (Uint8Array | Error)[], encoding: ChunkBody['encoding']): ChunkBody {
  return {
    encoding,
    length: null,
    bytes: (async function* () {
      for (const block of blocks) {
        if (block instanceof Error) throw block
        yield block
      }
    })(),
  }
}

/** Seals nothing: for tests of what is stored, not of how. */
export const plainSealer: Sealer = {
  seal: (text) => text.reveal(),
  open: (sealed) => new Secret(sealed),
}

/** A gateway that was never started before. */
export const NO_PAST: Pick<Past, 'statement'> = { statement: async () => null }
