/** What config says of issuers, people and agents, as far as it decides who a token stands for. */
import type { ClaimMatchers, ClaimPattern } from './claim-matchers.ts'

/** What the subject of a token is. */
export type SubjectKind = 'human' | 'workload' | 'agent'

export interface SubjectKindRule {
  readonly kind: SubjectKind
  /** Without it the rule fits every token. */
  readonly when?: ClaimMatchers
}

export interface IssuerIdentity {
  /** The config name. */
  readonly name: string
  /** The exact `iss`. */
  readonly issuer: string
  /**
   * What a token's subject is: the first rule that fits decides, and a token that fits none is refused. Issuers that
   * sign for people and for software alike (Entra, Google) need more than one.
   */
  readonly proves: readonly SubjectKindRule[]
  /** The claim that names the subject, stable and never given to another: `sub`, or for example `oid` at Entra. */
  readonly subjectClaim: string
  /** Claims that name the software the token was issued to, first present one wins: `azp`, `client_id`, `cid`, `appid`. */
  readonly clientIdClaims: readonly string[]
  /** `act` (RFC 8693 §4.1) names the acting agent, or tokens that carry it are refused. */
  readonly act: 'agent' | 'refuse'
  /** Longest chain of nested `act`. */
  readonly maxDelegationDepth: number
  readonly groups: {
    /** Null: the issuer says nothing of groups, so that they are unknown. */
    readonly claim: string | null
    /** True: a token without known groups is refused. */
    readonly required: boolean
    readonly maxGroups: number
  }
}

export interface LinkedIdentity {
  /** Config name of the issuer. */
  readonly issuer: string
  /** Exact value of the issuer's subject claim. */
  readonly subject: string
}

export interface PersonSettings {
  readonly displayName?: string
  readonly identities: readonly LinkedIdentity[]
}

/** How an agent shows in tokens. At least one of `clientId` and `claims` is needed, else it never fits. */
export interface AgentIdentity {
  /** Config name of the issuer. */
  readonly issuer: string
  /**
   * The software as the token names it: the outermost `act.sub`, else the client-id claim, else the subject of a
   * token that proves an agent. An identity without it never fits a token with `act`, whose actor it does not name.
   */
  readonly clientId?: ClaimPattern | readonly ClaimPattern[]
  readonly claims?: ClaimMatchers
}

export interface AgentSettings {
  readonly identities: readonly AgentIdentity[]
  /** Keys of `people`. */
  readonly owners: readonly string[]
  readonly purpose: string
  /** Milliseconds since the epoch; from then on the agent is refused. */
  readonly expires?: number
}

export type People = Readonly<Record<string, PersonSettings>>
export type Agents = Readonly<Record<string, AgentSettings>>
