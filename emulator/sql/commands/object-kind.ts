import type { NamedPath } from '../catalogue/index.ts'
import type { Session } from '../session/index.ts'
import type { Cursor } from '../text/index.ts'

/** Kinds of objects besides tables, views, schemas and databases; longer ones first. */
const KINDS: readonly (readonly string[])[] = [
  'EXTERNAL ACCESS INTEGRATION',
  'ROW ACCESS POLICY',
  ...['MASKING', 'AGGREGATION', 'PROJECTION', 'JOIN', 'NETWORK', 'PASSWORD', 'SESSION', 'AUTHENTICATION'].map(
    (kind) => `${kind} POLICY`,
  ),
  ...['STORAGE', 'API', 'NOTIFICATION', 'SECURITY', 'CATALOG'].map((kind) => `${kind} INTEGRATION`),
  'NETWORK RULE',
  'FILE FORMAT',
  'RESOURCE MONITOR',
  'EXTERNAL VOLUME',
  'DATABASE ROLE',
  ...'ROLE USER WAREHOUSE INTEGRATION SHARE STAGE SEQUENCE FUNCTION PROCEDURE TASK STREAM PIPE TAG SECRET ALERT'.split(
    ' ',
  ),
].map((kind) => kind.split(' '))

const OF_ACCOUNT = /^(?:ROLE|USER|WAREHOUSE|SHARE|RESOURCE MONITOR|EXTERNAL VOLUME|NETWORK POLICY|.*INTEGRATION)$/

/** Takes the words of a kind; undefined, with nothing taken, when none comes next. */
export function takeKind(cursor: Cursor): string | undefined {
  const found = KINDS.find((words) => cursor.take(...words))
  return found?.join(' ')
}

/** Takes the plural that SHOW wants. */
export function takePlural(cursor: Cursor): string | undefined {
  const found = KINDS.find((words) => cursor.take(...words.slice(0, -1), pluralOf(words.at(-1) ?? '')))
  return found?.join(' ')
}

function pluralOf(word: string): string {
  return word.endsWith('Y') ? `${word.slice(0, -1)}IES` : `${word}S`
}

/** `Masking policy`, as Snowflake begins its answers. */
export function kindTitle(kind: string): string {
  const text = kind.toLowerCase().replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function isOfAccount(kind: string): boolean {
  return OF_ACCOUNT.test(kind)
}

/** The full name of an object; one of the account has no database. */
export function namedPath(session: Session, kind: string, parts: readonly string[]): NamedPath {
  if (isOfAccount(kind)) return { database: '', schema: '', name: parts.at(-1) ?? '' }
  return session.warehouse.catalogue.path(parts, session.context)
}
