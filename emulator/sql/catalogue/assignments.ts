/** Where a tag or a policy was set: on an object, or on one of its columns. */
export interface Assignment {
  /** `TAG`, `MASKING POLICY`, `ROW ACCESS POLICY`. */
  readonly kind: string
  /** The full name of the tag or policy. */
  readonly database: string
  readonly schema: string
  readonly name: string
  /** A tag's value; of a policy on rows, the columns given to it. */
  readonly value: string
  /** `TABLE`, `COLUMN`, `SCHEMA`, `DATABASE`, … */
  readonly domain: string
  readonly on: { readonly database: string; readonly schema: string; readonly name: string; readonly column: string }
}

/** The tags and policies set on the account's objects. */
export class Assignments {
  #all: readonly Assignment[] = []

  set(assignment: Assignment): void {
    const key = keyOf(assignment)
    this.#all = [...this.#all.filter((other) => keyOf(other) !== key), assignment]
  }

  unset(matches: (assignment: Assignment) => boolean): void {
    this.#all = this.#all.filter((assignment) => !matches(assignment))
  }

  list(matches: (assignment: Assignment) => boolean): readonly Assignment[] {
    return this.#all.filter(matches)
  }
}

/** A place has one value of each tag, and one policy of each kind. */
function keyOf({ kind, database, schema, name, on }: Assignment): string {
  return JSON.stringify([kind, ...(kind === 'TAG' ? [database, schema, name] : []), on])
}
