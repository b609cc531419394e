import type { ObjectPath } from './catalogue.ts'

/** A key as declared. Like Snowflake's, it is kept and shown, and not enforced. */
export interface Key {
  readonly kind: 'PRIMARY KEY' | 'UNIQUE' | 'FOREIGN KEY'
  readonly name: string
  readonly columns: readonly string[]
  /** Of a foreign key: the columns it points at; those of the primary key there when it names none. */
  readonly references?: ObjectPath & { readonly columns: readonly string[] }
}

export function renameKeyColumn(keys: readonly Key[], from: string, to: string): Key[] {
  return keys.map((key) => ({ ...key, columns: key.columns.map((column) => (column === from ? to : column)) }))
}
