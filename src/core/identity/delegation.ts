import { type Claims, isCleanText, isObject } from './claims.ts'
import type { DelegationStep } from './principal.ts'
import { type Refusal, refuse } from './refusal.ts'

const SUBJECT_CHARACTERS = 1024

/**
 * The actors of a token, outermost first: the first is who acts now, the others are history and "not to be considered
 * in access control decisions" (RFC 8693 §4.1). Empty without `act`.
 */
export function readDelegation(claims: Claims, issuer: string, maxDepth: number): readonly DelegationStep[] | Refusal {
  const steps: DelegationStep[] = []
  let act = claims.act
  while (act !== undefined) {
    if (steps.length === maxDepth) return refuse('token not accepted', `act is nested more than ${maxDepth} deep`)
    if (!isObject(act)) return refuse('token not accepted', 'act is not an object')
    const { sub, iss } = act
    if (!isCleanText(sub, SUBJECT_CHARACTERS)) return refuse('token not accepted', 'act has no usable sub')
    if (iss !== undefined && !isCleanText(iss, SUBJECT_CHARACTERS)) {
      return refuse('token not accepted', 'act has an unusable iss')
    }
    steps.push({ subject: sub, issuer: iss ?? null })
    act = act.act
  }
  // The name of an actor says something only together with its issuer, and agents are registered per issuer.
  const foreign = steps[0] !== undefined && steps[0].issuer !== null && steps[0].issuer !== issuer
  return foreign ? refuse('token not accepted', 'act names an actor of another issuer') : steps
}
