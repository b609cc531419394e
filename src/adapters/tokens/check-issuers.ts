import { IcecoreError } from '../../errors.ts'
import { parseSafeUrl } from './fetch-key-set.ts'
import { type IssuerSettings, SIGNATURE_ALGORITHMS } from './issuer-settings.ts'

/**
 * Refuses settings that would make the verifier unsafe, whoever made them. The config's own checks say the same
 * earlier, with line and column.
 */
export function assertSafeIssuers(issuers: readonly IssuerSettings[]): void {
  const problems = [...issuers.flatMap(findProblems), ...findOverlaps(issuers)]
  if (problems.length === 0) return
  const details = { file: 'of the issuers', count: problems.length }
  throw new IcecoreError('ICE_CONFIG_INVALID', details, { hint: problems.join('; ') })
}

function findProblems(settings: IssuerSettings): readonly string[] {
  const checks: readonly (readonly [boolean, string])[] = [
    [settings.name !== '', 'has no name'],
    [isSafeUrl(settings.issuer), 'has an issuer that is no https URL'],
    [settings.keys.from !== 'jwks' || isSafeUrl(settings.keys.uri), 'has a key set that is at no https URL'],
    [settings.audiences.length > 0 && !settings.audiences.includes(''), 'names no audience'],
    [settings.algorithms.length > 0, 'accepts no algorithm'],
    [settings.algorithms.every((name) => SIGNATURE_ALGORITHMS.includes(name)), 'accepts an algorithm that is not safe'],
    [settings.types.length > 0, 'accepts no type'],
    [settings.proves.length > 0, 'proves no kind of subject'],
    [
      settings.maxLifetimeMs > 0 && settings.maxAgeMs > 0 && settings.maxTokenBytes > 0,
      'has a limit that is not above 0',
    ],
    [settings.clockSkewMs >= 0, 'has a negative clock skew'],
  ]
  return checks.filter(([holds]) => !holds).map(([, problem]) => `issuer ${settings.name} ${problem}`)
}

/** Two entries may share an `iss` (Google signs for people and for machines) when the audience tells them apart. */
function findOverlaps(issuers: readonly IssuerSettings[]): readonly string[] {
  return issuers.flatMap((one, index) =>
    issuers.slice(index + 1).flatMap((other) => {
      if (one.name === other.name) return [`two issuers have the name ${one.name}`]
      const shared = one.issuer === other.issuer && one.audiences.some((audience) => other.audiences.includes(audience))
      return shared ? [`the issuers ${one.name} and ${other.name} have the same iss and an audience in common`] : []
    }),
  )
}

function isSafeUrl(text: string): boolean {
  try {
    parseSafeUrl(text)
    return true
  } catch {
    return false
  }
}
