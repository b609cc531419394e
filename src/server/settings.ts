/**
 * The configuration in force. Parts are given options that are read from here at each use, so that they follow when
 * another configuration takes its place.
 */
import { createHash } from 'node:crypto'
import type { AccessRule, KnownPrincipals } from '../core/identity/index.ts'
import type { BodyLimits } from '../doors/driver/index.ts'
import type { GateOptions, SessionLimits, TokenLives } from '../gate/index.ts'
import type { Config } from './config/index.ts'
import { mapAccessRules, mapKnownPrincipals, mapStatementSettings } from './map-config.ts'

/** Snowflake itself aborts a synchronous query that nobody has asked after for so long (`queryAbortsAfterSecs`). */
const UNATTENDED_MS = 300_000
const UPSTREAM_HEARTBEAT_MS = 15 * 60 * 1000
const REMEMBERED_REQUESTS = 10_000

/** What parts take of one configuration. */
interface Derived {
  readonly rules: readonly AccessRule[]
  readonly known: KnownPrincipals
  readonly gate: GateOptions
  readonly sessions: SessionLimits
  readonly lives: TokenLives
  readonly bodies: BodyLimits
}

export class Settings {
  #config: Config
  #derived: Derived

  constructor(config: Config) {
    this.#config = config
    this.#derived = derive(config)
  }

  get config(): Config {
    return this.#config
  }

  get rules(): readonly AccessRule[] {
    return this.#derived.rules
  }

  get known(): KnownPrincipals {
    return this.#derived.known
  }

  replace(config: Config): void {
    this.#derived = derive(config)
    this.#config = config
  }

  gate(): GateOptions {
    return follow(() => this.#derived.gate, this.#derived.gate)
  }

  sessions(): SessionLimits {
    return follow(() => this.#derived.sessions, this.#derived.sessions)
  }

  tokenLives(): TokenLives {
    return follow(() => this.#derived.lives, this.#derived.lives)
  }

  bodies(): BodyLimits {
    return follow(() => this.#derived.bodies, this.#derived.bodies)
  }

  limits(): Config['limits'] {
    return follow(() => this.#config.limits, this.#config.limits)
  }
}

/** An object with the fields of `shape`, each read from what `current` gives at that moment. */
function follow<T extends object>(current: () => T, shape: T): T {
  const fields = Object.keys(shape).map((name) => [name, { enumerable: true, get: () => current()[name as keyof T] }])
  return Object.defineProperties({}, Object.fromEntries(fields)) as T
}

function derive(config: Config): Derived {
  const { limits, sessions } = config
  return {
    rules: mapAccessRules(config),
    known: mapKnownPrincipals(config),
    gate: {
      statements: {
        maxBytes: limits.statement,
        maxDepth: limits.bracket_depth,
        maxChain: limits.operator_chain,
        maxStatements: limits.statements_per_text,
      },
      settings: mapStatementSettings(config),
      openStatements: limits.open_statements_per_session,
      rememberedRequests: REMEMBERED_REQUESTS,
      resultFetches: limits.result_fetches_per_session,
    },
    sessions: {
      sessions: limits.sessions,
      perPrincipal: limits.sessions_per_principal,
      longestLife: sessions.longest_life,
      idle: sessions.idle,
      unattended: UNATTENDED_MS,
      upstreamHeartbeat: UPSTREAM_HEARTBEAT_MS,
    },
    lives: { token: sessions.token_life, master: sessions.master_life, renewGrace: sessions.renew_grace },
    bodies: { received: limits.request_body, unpacked: limits.decompressed_body },
  }
}

/** Tells one configuration from another on record; secrets are references in it. */
export function hashOfConfig(config: Config): string {
  return createHash('sha256').update(JSON.stringify(config)).digest('hex')
}
