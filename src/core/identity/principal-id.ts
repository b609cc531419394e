/**
 * The id of a principal: stable over tokens, and never the same for two.
 *
 *     person:alice                        a registered person
 *     human:okta|00u1                     a person nobody registered: issuer (config name) and subject
 *     workload:github|repo%3Aacme%2Fx     software known by issuer and subject
 *     agent:claude                        a registered agent
 *     client:okta|0oa9                    software known by its client id only
 *     actor:okta|run-7                    software named by `act`, not registered
 *     agent:claude+person:alice           an agent that acts for a person; likewise with the other forms
 *
 * Every part is percent-encoded, so that `:`, `|` and `+` of the forms cannot come from a claim.
 */
export type PrincipalIdPart =
  | { readonly form: 'person' | 'agent'; readonly key: string }
  | { readonly form: 'human' | 'workload' | 'client' | 'actor'; readonly issuer: string; readonly subject: string }

export function formatPrincipalId(parts: readonly PrincipalIdPart[]): string {
  return parts.map(formatPart).join('+')
}

function formatPart(part: PrincipalIdPart): string {
  if ('key' in part) return `${part.form}:${encodeURIComponent(part.key)}`
  return `${part.form}:${encodeURIComponent(part.issuer)}|${encodeURIComponent(part.subject)}`
}
