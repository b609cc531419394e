import type { CatalogueColumn, Key } from '../catalogue/index.ts'
import { compilationError } from '../errors.ts'
import { Cursor, fold, readName, splitAtCommas, type Token } from '../text/index.ts'
import { readType } from '../types/index.ts'

/** A key whose other table is still the name that was written. */
export type DeclaredKey = Pick<Key, 'kind' | 'columns'> & {
  readonly name?: string
  readonly references?: { readonly parts: readonly string[]; readonly columns: readonly string[] }
}

export interface Declarations {
  readonly columns: readonly CatalogueColumn[]
  readonly keys: readonly DeclaredKey[]
}

/** Reads definitions of columns and keys; in CTAS and in views the type may be missing. */
export function readColumns(sql: string, tokens: readonly Token[]): Declarations {
  const columns: CatalogueColumn[] = []
  const keys: DeclaredKey[] = []
  for (const part of splitAtCommas(tokens)) {
    const cursor = new Cursor(sql, part)
    if (OUT_OF_LINE.has(cursor.peek()?.keyword ?? '')) {
      const key = takeKey(cursor)
      if (key) keys.push(key)
    } else columns.push(readColumn(cursor, keys))
  }
  const primary = keys.find(({ kind }) => kind === 'PRIMARY KEY')
  return {
    columns: columns.map((column) =>
      primary?.columns.includes(column.name) ? { ...column, nullable: false } : column,
    ),
    keys,
  }
}

const OUT_OF_LINE = new Set(['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'FOREIGN', 'CHECK'])

/** `[CONSTRAINT name] PRIMARY KEY | UNIQUE | FOREIGN KEY … REFERENCES …`; `column` where it stands behind one. */
export function takeKey(cursor: Cursor, column?: string): DeclaredKey | undefined {
  const name = cursor.take('CONSTRAINT') ? { name: fold(cursor.next()) } : {}
  const columns = (): string[] => (column === undefined ? readGroup(cursor) : [column])
  if (cursor.take('PRIMARY', 'KEY')) return { kind: 'PRIMARY KEY', ...name, columns: columns() }
  if (cursor.take('UNIQUE')) return { kind: 'UNIQUE', ...name, columns: columns() }
  if (!cursor.take('FOREIGN', 'KEY') && !cursor.at('REFERENCES')) return undefined
  const from = columns()
  cursor.expect('REFERENCES')
  const parts = readName(cursor)
  return { kind: 'FOREIGN KEY', ...name, columns: from, references: { parts, columns: readGroup(cursor) } }
}

function readGroup(cursor: Cursor): string[] {
  if (!cursor.at('(')) return []
  return cursor
    .group()
    .filter((token) => token.keyword !== ',')
    .map(fold)
}

function readColumn(cursor: Cursor, keys: DeclaredKey[]): CatalogueColumn {
  const name = fold(cursor.next())
  const hasType = !cursor.done && !COLUMN_OPTIONS.has(cursor.peek()?.keyword ?? '')
  const type = readType(cursor)
  if (!type && hasType)
    throw compilationError('002040', '42601', `Unsupported data type '${cursor.next().text.toUpperCase()}'.`)
  const column = { name, type, nullable: true } as { -readonly [K in keyof CatalogueColumn]: CatalogueColumn[K] }
  while (!cursor.done) {
    const key = takeKey(cursor, name)
    if (key) keys.push(key)
    else if (cursor.take('NOT', 'NULL')) column.nullable = false
    else if (cursor.take('COMMENT')) column.comment = cursor.next().text
    else if (cursor.take('DEFAULT')) column.default = readDefault(cursor)
    else if (cursor.takeAny(['AUTOINCREMENT', 'IDENTITY'])) column.identity = true
    else if (cursor.at('(')) cursor.group()
    else cursor.skip()
  }
  return column
}

const AFTER_DEFAULT = [
  'NOT',
  'NULL',
  'COMMENT',
  'PRIMARY',
  'UNIQUE',
  'CONSTRAINT',
  'REFERENCES',
  'WITH',
  'MASKING',
  'TAG',
]
const COLUMN_OPTIONS = new Set([...AFTER_DEFAULT, 'DEFAULT'])

function readDefault(cursor: Cursor): string {
  const first = cursor.peek()
  let last = first
  while (!cursor.done && !AFTER_DEFAULT.includes(cursor.peek()?.keyword ?? '')) {
    if (cursor.at('(')) cursor.group()
    else cursor.next()
    last = cursor.peek(-1)
  }
  if (cursor.at('NULL') && last === first) last = cursor.next()
  return first && last ? cursor.sql.slice(first.start, last.end) : 'NULL'
}
