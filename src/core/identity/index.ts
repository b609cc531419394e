/** Who is acting, and which connection and role they may use. Pure: verified claims and config in, answers out. */
export {
  type AccessCondition,
  type AccessDecision,
  type AccessRefusalReason,
  type AccessRequest,
  type AccessRule,
  decideAccess,
  mayUseRole,
} from './access-rules.ts'
export { type ClaimMatcher, type ClaimMatchers, type ClaimPattern, matchClaims } from './claim-matchers.ts'
export { type Claims, quoteOutside } from './claims.ts'
export { ICECORE, type IcecorePrincipal, type SessionPrincipal } from './icecore.ts'
export type {
  AgentIdentity,
  AgentSettings,
  Agents,
  IssuerIdentity,
  People,
  PersonSettings,
  SubjectKind,
  SubjectKindRule,
} from './identity-settings.ts'
export { isRefusal, makePrincipal, reconsiderPrincipal, type VerifiedToken } from './make-principal.ts'
export type {
  AgentPart,
  DelegationStep,
  Groups,
  HumanPart,
  Principal,
  TokenFacts,
  WorkloadPart,
} from './principal.ts'
export { type KnownPrincipals, reasonGone } from './reason-gone.ts'
export { type Refusal, type RefusalReason, refuse } from './refusal.ts'
