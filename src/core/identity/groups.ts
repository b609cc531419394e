import { type Claims, claimPath, isCleanText, isObject, quoteOutside, readClaim } from './claims.ts'
import type { IssuerIdentity } from './identity-settings.ts'
import type { Groups } from './principal.ts'

const GROUP_CHARACTERS = 512

/**
 * The groups that a token names. Everything but a whole list of names is `unknown`, never empty: an issuer leaves the
 * claim out when there are too many groups (Entra: more than 200), and then puts a marker in its place.
 */
export function readGroups(claims: Claims, settings: IssuerIdentity['groups']): Groups {
  if (settings.claim === null) return unknown('the issuer is not configured to name groups')
  const marker = overageMarker(claims, claimPath(settings.claim)[0]!)
  if (marker !== null) return unknown(`the token leaves groups out (${marker})`)
  const value = readClaim(claims, settings.claim)
  if (value === undefined) return unknown(`the token has no claim ${settings.claim}`)
  if (!Array.isArray(value)) return unknown(`the claim ${settings.claim} is not a list`)
  if (value.length > settings.maxGroups) return unknown(`the token names more than ${settings.maxGroups} groups`)
  const bad = value.findIndex((name) => !isCleanText(name, GROUP_CHARACTERS))
  if (bad >= 0) return unknown(`the claim ${settings.claim} holds ${quoteOutside(value[bad])}, which is no group name`)
  return { status: 'known', names: [...new Set(value as string[])] }
}

/**
 * OpenID Connect Core §5.6.2 (`_claim_names`: the claim is to be had elsewhere), and Entra's `hasgroups`, which stands
 * for the claim `groups` in tokens of the implicit flow.
 */
function overageMarker(claims: Claims, topLevelClaim: string): string | null {
  const elsewhere = claims._claim_names
  if (elsewhere !== undefined && (!isObject(elsewhere) || Object.hasOwn(elsewhere, topLevelClaim)))
    return '_claim_names'
  if (topLevelClaim === 'groups' && claims.hasgroups !== undefined && claims.hasgroups !== false) return 'hasgroups'
  return null
}

function unknown(reason: string): Groups {
  return { status: 'unknown', reason }
}
