import type { FindingJson } from '../../api-schema/index.ts'
import { isIcecoreError } from '../../errors.ts'

export type Finding = FindingJson
type Check = Finding['check']

export function ok(check: Check, name: string | null, evidence: string): Finding {
  return { check, name, result: 'ok', evidence, mend: null }
}

export function warning(check: Check, name: string | null, evidence: string, mend: string): Finding {
  return { check, name, result: 'warning', evidence, mend }
}

export function problem(check: Check, name: string | null, evidence: string, mend: string | null): Finding {
  return { check, name, result: 'problem', evidence, mend }
}

export function skipped(check: Check, name: string | null, evidence: string, mend: string | null = null): Finding {
  return { check, name, result: 'skipped', evidence, mend }
}

/** An error of ours is what was found; anything else is one of the system's, or a defect, and shown by its message. */
export function failed(check: Check, name: string | null, error: unknown, mend: string): Finding {
  const { message } = error as Error
  const detail = isIcecoreError(error) && error.cause instanceof Error ? ` ${error.cause.message}` : ''
  return problem(check, name, `${message}${detail}`, (isIcecoreError(error) ? error.hint : undefined) ?? mend)
}
