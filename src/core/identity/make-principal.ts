import { matchClaims, matchPatterns } from './claim-matchers.ts'
import { type Claims, isCleanText, keepClaims, quoteOutside, readClaim } from './claims.ts'
import { readDelegation } from './delegation.ts'
import { readGroups } from './groups.ts'
import type { AgentIdentity, AgentSettings, Agents, IssuerIdentity, People, SubjectKind } from './identity-settings.ts'
import type { AgentPart, DelegationStep, HumanPart, Principal, TokenFacts, WorkloadPart } from './principal.ts'
import { formatPrincipalId, type PrincipalIdPart } from './principal-id.ts'
import { type Refusal, refuse } from './refusal.ts'

/** SPIFFE ids, role ARNs and the subjects of CI systems are longer than the 255 characters of OpenID Connect. */
const SUBJECT_CHARACTERS = 1024
/** RFC 5321 §4.5.3.1: 64 before the `@`, 255 behind it. */
const EMAIL_CHARACTERS = 320
/** Claims are kept in every record of a session. */
const KEPT_CLAIM_CHARACTERS = 4096

/** A token whose signature, issuer, audience and times have been checked. */
export interface VerifiedToken {
  readonly claims: Claims
  readonly id: string
}

/** The parts of a principal on the way to one. */
interface Actor {
  readonly kind: SubjectKind
  readonly subject: string
  /** See AgentPart.clientId; for a token that proves an agent, its subject where it has no client-id claim. */
  readonly clientId: string | null
  readonly delegation: readonly DelegationStep[]
}

interface RegisteredAgent {
  readonly id: string
  readonly settings: AgentSettings
}

/**
 * Who acts with this token. People and agents are found by issuer and subject or by matchers alone: an e-mail
 * address, a name and what the client says of itself link nobody.
 */
export function makePrincipal(
  token: VerifiedToken,
  issuer: IssuerIdentity,
  people: People,
  agents: Agents,
  now: number,
): Principal | Refusal {
  const facts = readTokenFacts(token, issuer)
  if (isRefusal(facts)) return facts
  const actor = readActor(token.claims, issuer)
  if (isRefusal(actor)) return actor
  const claims = keepClaims(token.claims, KEPT_CLAIM_CHARACTERS)
  const registered = findAgent(actor, claims, issuer, agents)
  if (isRefusal(registered)) return registered
  if (registered?.settings.expires !== undefined && registered.settings.expires <= now) {
    return refuse(
      'agent expired',
      `the agent ${registered.id} expired at ${new Date(registered.settings.expires).toISOString()}`,
    )
  }
  const person = actor.kind === 'human' ? findPerson(actor.subject, issuer, people) : null
  if (isRefusal(person)) return person
  const groups = readGroups(token.claims, issuer.groups)
  if (groups.status === 'unknown' && issuer.groups.required) return refuse('groups unknown', groups.reason)

  const agent = agentPart(actor, issuer, registered)
  return {
    id: formatPrincipalId(idParts(actor, issuer, person, registered, agent)),
    displayName: displayName(actor, people, person, registered),
    human: actor.kind === 'human' ? humanPart(actor, issuer, person, token.claims) : null,
    agent,
    workload: actor.kind === 'workload' ? workloadPart(actor, issuer) : null,
    delegation: actor.delegation,
    groups,
    token: facts,
    claims,
  }
}

/** Whom the claims that were kept of a token stand for by another configuration. */
export function reconsiderPrincipal(
  principal: Principal,
  issuer: IssuerIdentity,
  people: People,
  agents: Agents,
  now: number,
): Principal | Refusal {
  const { claims, token, groups } = principal
  const lenient = { ...issuer, groups: { ...issuer.groups, required: false } }
  const made = makePrincipal({ claims, id: token.id }, lenient, people, agents, now)
  if (isRefusal(made) || made.groups.status === 'known') return made
  // A list of groups that is too long to be kept among the claims is what it was.
  const isLong = groups.status === 'known' && JSON.stringify(groups.names).length > KEPT_CLAIM_CHARACTERS
  if (isLong && issuer.groups.claim !== null) return { ...made, groups }
  return issuer.groups.required ? refuse('groups unknown', made.groups.reason) : made
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value
}

function readTokenFacts({ claims, id }: VerifiedToken, issuer: IssuerIdentity): TokenFacts | Refusal {
  const { iss, iat, exp, aud } = claims
  const audience: unknown = typeof aud === 'string' ? [aud] : aud
  if (iss !== issuer.issuer) return refuse('token not accepted', `iss is ${quoteOutside(iss)}`)
  if (typeof iat !== 'number') return refuse('token not accepted', 'iat is missing or no number')
  if (typeof exp !== 'number') return refuse('token not accepted', 'exp is missing or no number')
  if (!Array.isArray(audience) || !audience.every((value) => isCleanText(value, SUBJECT_CHARACTERS))) {
    return refuse('token not accepted', 'aud is missing or no list of texts')
  }
  return { issuerName: issuer.name, issuer: issuer.issuer, id, issuedAt: iat, expiresAt: exp, audience }
}

function readActor(claims: Claims, issuer: IssuerIdentity): Actor | Refusal {
  const kind = issuer.proves.find((rule) => rule.when === undefined || matchClaims(rule.when, claims))?.kind
  if (kind === undefined)
    return refuse('token not accepted', 'the token fits no kind of subject that the issuer proves')
  const subject = readClaim(claims, issuer.subjectClaim)
  if (!isCleanText(subject, SUBJECT_CHARACTERS)) {
    return refuse('token not accepted', `the subject (claim ${issuer.subjectClaim}) is ${quoteOutside(subject)}`)
  }
  const clientIds = issuer.clientIdClaims.map((name) => readClaim(claims, name)).filter((value) => value !== undefined)
  const unusable = clientIds.find((value) => !isCleanText(value, SUBJECT_CHARACTERS))
  if (unusable !== undefined) return refuse('token not accepted', `the client id is ${quoteOutside(unusable)}`)
  const marker = kind === 'human' ? softwareMarker(claims, subject, clientIds) : null
  if (marker !== null) return refuse('token not accepted', `the token is a program's and not a person's: ${marker}`)

  if (claims.act !== undefined && issuer.act === 'refuse') return refuse('token not accepted', 'the token carries act')
  const delegation = readDelegation(claims, issuer.issuer, issuer.maxDelegationDepth)
  if (isRefusal(delegation)) return delegation
  if (delegation.length > 0 && kind === 'agent') {
    return refuse('token not accepted', 'act in a token whose subject is an agent itself')
  }
  const named = delegation[0]?.subject ?? (clientIds[0] as string | undefined)
  return { kind, subject, clientId: named ?? (kind === 'agent' ? subject : null), delegation }
}

/**
 * How tokens of the client-credentials grant give themselves away where people are expected: an issuer that serves
 * both signs them with the same keys for the same audience. `sub` is the client (RFC 9068 §2.2), Entra's `idtyp`,
 * Auth0's `gty`.
 */
function softwareMarker(claims: Claims, subject: string, clientIds: readonly unknown[]): string | null {
  if (clientIds.includes(subject) || clientIds.includes(claims.sub)) return 'its subject is the client'
  if (claims.idtyp === 'app') return 'idtyp is app'
  if (claims.gty === 'client-credentials') return 'gty is client-credentials'
  return null
}

function findAgent(
  actor: Actor,
  claims: Claims,
  issuer: IssuerIdentity,
  agents: Agents,
): RegisteredAgent | null | Refusal {
  const found = Object.entries(agents).filter(([, { identities }]) =>
    identities.some((identity) => fitsAgent(identity, actor, claims, issuer)),
  )
  if (found.length > 1) {
    return refuse('token not accepted', `the token fits several agents: ${found.map(([id]) => id).join(', ')}`)
  }
  return found[0] === undefined ? null : { id: found[0][0], settings: found[0][1] }
}

function fitsAgent(identity: AgentIdentity, actor: Actor, claims: Claims, issuer: IssuerIdentity): boolean {
  if (identity.issuer !== issuer.name) return false
  const asksNothing = identity.clientId === undefined && identity.claims === undefined
  if (asksNothing || (identity.clientId === undefined && actor.delegation.length > 0)) return false
  return (
    (identity.clientId === undefined || matchPatterns(identity.clientId, actor.clientId)) &&
    (identity.claims === undefined || matchClaims(identity.claims, claims))
  )
}

/** Key of the person linked to this subject of this issuer; null when nobody is. */
function findPerson(subject: string, issuer: IssuerIdentity, people: People): string | null | Refusal {
  const linked = Object.entries(people)
    .filter(([, { identities }]) =>
      identities.some((identity) => identity.issuer === issuer.name && identity.subject === subject),
    )
    .map(([id]) => id)
  if (linked.length > 1)
    return refuse('token not accepted', `the subject is linked to several people: ${linked.join(', ')}`)
  return linked[0] ?? null
}

function humanPart(actor: Actor, issuer: IssuerIdentity, person: string | null, claims: Claims): HumanPart {
  const email = isCleanText(claims.email, EMAIL_CHARACTERS) ? claims.email : null
  return { person, issuer: issuer.name, subject: actor.subject, email }
}

function workloadPart(actor: Actor, issuer: IssuerIdentity): WorkloadPart {
  return { issuer: issuer.name, subject: actor.subject }
}

function agentPart(actor: Actor, issuer: IssuerIdentity, registered: RegisteredAgent | null): AgentPart | null {
  // A workload whose client id is its subject is one program, and is named once.
  const clientId = actor.kind === 'workload' && actor.clientId === actor.subject ? null : actor.clientId
  if (registered === null && clientId === null) return null
  return {
    agent: registered?.id ?? null,
    issuer: issuer.name,
    clientId,
    owners: registered?.settings.owners ?? [],
  }
}

function idParts(
  actor: Actor,
  issuer: IssuerIdentity,
  person: string | null,
  registered: RegisteredAgent | null,
  agent: AgentPart | null,
): readonly PrincipalIdPart[] {
  const parts: PrincipalIdPart[] = []
  if (registered !== null) parts.push({ form: 'agent', key: registered.id })
  else if (actor.kind === 'agent') parts.push({ form: 'client', issuer: issuer.name, subject: actor.subject })
  else if (agent !== null && agent.clientId !== null) {
    parts.push({ form: actor.delegation.length > 0 ? 'actor' : 'client', issuer: issuer.name, subject: agent.clientId })
  }
  if (person !== null) parts.push({ form: 'person', key: person })
  else if (actor.kind !== 'agent') parts.push({ form: actor.kind, issuer: issuer.name, subject: actor.subject })
  return parts
}

function displayName(actor: Actor, people: People, person: string | null, registered: RegisteredAgent | null): string {
  const subject = person === null ? actor.subject : (people[person]?.displayName ?? person)
  if (registered === null) return subject
  return actor.kind === 'agent' ? registered.id : `${registered.id} for ${subject}`
}
