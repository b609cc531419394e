/** Where in the file: line and column count from 1, as editors do. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  /** The way to the value, for example `access[0].when.people[1]`; empty for the whole file. */
  readonly path: string
}

/** Stable words for machines; docs/reference/configuration.md explains each. */
export type ProblemCode =
  | 'unreadable'
  | 'yaml_syntax'
  | 'duplicate_key'
  | 'alias'
  | 'unknown_key'
  | 'missing_key'
  | 'wrong_type'
  | 'invalid_value'
  | 'literal_secret'
  | 'insecure_url'
  | 'not_loopback'
  | 'unknown_reference'
  | 'never_matches'
  | 'matches_all'
  | 'overlap'
  | 'expired'
  | 'powerful_role'

/**
 * Something in a config that a person can put right. An error keeps Icecore from starting; a warning is something
 * that is allowed and probably not meant.
 */
export interface Problem {
  readonly severity: 'error' | 'warning'
  readonly code: ProblemCode
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
  readonly at: Place
}

/** Keys and indexes from the root of the file to a value. */
export type Path = readonly (string | number)[]

/** What a check found, before it is known where in the file that is. */
export interface Finding {
  readonly severity?: 'warning'
  readonly code: ProblemCode
  readonly message: string
  readonly hint?: string | undefined
  readonly path: Path
  /** Points at the key instead of its value. */
  readonly atKey?: boolean
}

export function formatPath(path: Path): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (/^[\w-]+$/.test(step)) text += text === '' ? step : `.${step}`
    else text += `[${JSON.stringify(step)}]`
  }
  return text
}
