import type { Database, Schema, Table } from './catalogue.ts'
import type { NamedObject } from './named-objects.ts'

/** What was dropped and can come back. */
export type Dropped =
  | { readonly kind: 'TABLE'; readonly table: Table }
  | {
      readonly kind: 'SCHEMA'
      readonly database: string
      readonly schema: Schema
      readonly named: readonly NamedObject[]
    }
  | { readonly kind: 'DATABASE'; readonly database: Database; readonly named: readonly NamedObject[] }

const MOST = 50

/** Dropped objects, the last ones first in line to come back. */
export class DroppedObjects {
  readonly #all: Dropped[] = []

  /** Gives the one that had to go for good to make room. */
  push(dropped: Dropped): Dropped | undefined {
    this.#all.push(dropped)
    return this.#all.length > MOST ? this.#all.shift() : undefined
  }

  /** Takes out the object dropped last of those that match. */
  takeLast(matches: (dropped: Dropped) => boolean): Dropped | undefined {
    const at = this.#all.findLastIndex(matches)
    return at < 0 ? undefined : this.#all.splice(at, 1)[0]
  }
}

/** The tables that live on in a dropped object. */
export function tablesOf(dropped: Dropped): Table[] {
  if (dropped.kind === 'TABLE') return [dropped.table]
  const schemas = dropped.kind === 'SCHEMA' ? [dropped.schema] : [...dropped.database.schemas.values()]
  return schemas.flatMap(({ objects }) => [...objects.values()].filter((object) => object.kind === 'TABLE'))
}
