/**
 * Who is acting. The parts are kept apart on purpose: a rule may ask for a person, for an agent, or for an agent on
 * behalf of a person, and a reviewer must see which of them was proven by the token and which was only inferred.
 */

export interface HumanPart {
  /** Key of the `people` entry the identity is linked to; null when the token names a person nobody registered. */
  readonly person: string | null
  /** The config name of the issuer, as in the other parts. */
  readonly issuer: string
  readonly subject: string
  /** As claimed by the issuer. Shown, never matched: two issuers may claim the same address. */
  readonly email: string | null
}

export interface AgentPart {
  /** Key of the `agents` entry whose matchers fit; null when the software is known by its client id only. */
  readonly agent: string | null
  readonly issuer: string
  /** As the token names the software: the outermost `act.sub`, else the client-id claim. Null when it names none. */
  readonly clientId: string | null
  readonly owners: readonly string[]
}

export interface WorkloadPart {
  readonly issuer: string
  readonly subject: string
}

/** Missing groups are not "no groups": a rule that asks for a group must be able to tell them apart. */
export type Groups =
  | { readonly status: 'known'; readonly names: readonly string[] }
  | { readonly status: 'unknown'; readonly reason: string }

/** One step of who acts for whom, outermost first (RFC 8693 `act`). */
export interface DelegationStep {
  readonly subject: string
  readonly issuer: string | null
}

export interface TokenFacts {
  /** The config name of the issuer. */
  readonly issuerName: string
  readonly issuer: string
  /** `jti`, or `sha256:` and the digest of the token's signed part where there is none. Never the token. */
  readonly id: string
  /** Seconds since the epoch. */
  readonly issuedAt: number
  readonly expiresAt: number
  readonly audience: readonly string[]
}

export interface Principal {
  /** Stable over tokens and log-ins: what owns handles, grants and budgets. Its forms are in principal-id.ts. */
  readonly id: string
  /** For people who read lists: a name from config, else the subject. */
  readonly displayName: string
  readonly human: HumanPart | null
  readonly agent: AgentPart | null
  readonly workload: WorkloadPart | null
  readonly delegation: readonly DelegationStep[]
  readonly groups: Groups
  readonly token: TokenFacts
  /** The verified claims that access rules may match. */
  readonly claims: Readonly<Record<string, unknown>>
}
