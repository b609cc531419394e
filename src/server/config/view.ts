import type * as z from 'zod'
import { type AccessRule, type Agent, accessRuleSchema, agentSchema, type Person, personSchema } from './actors.ts'
import { type Connection, connectionSchema } from './connections.ts'
import { type Issuer, issuerSchema } from './issuers.ts'

/** Entries by name; null for an entry that is there but wrong in itself. */
export type Entries<T> = ReadonlyMap<string, T | null>

/**
 * What can be told about the parts of a config of which some may be wrong, so that checks across parts run in any
 * case and every problem is reported at once. A section that cannot be read is null, and nothing is said about it.
 */
export interface View {
  readonly issuers: Entries<Issuer> | null
  readonly connections: Entries<Connection> | null
  readonly people: Entries<Person> | null
  readonly agents: Entries<Agent> | null
  readonly access: readonly (AccessRule | null)[]
}

export function createView(root: Readonly<Record<string, unknown>>): View {
  return {
    issuers: readEntries(issuerSchema, root.issuers),
    connections: readEntries(connectionSchema, root.connections),
    people: readEntries(personSchema, root.people ?? {}),
    agents: readEntries(agentSchema, root.agents ?? {}),
    access: Array.isArray(root.access) ? root.access.map((rule) => readOne(accessRuleSchema, rule)) : [],
  }
}

function readEntries<T>(schema: z.ZodType<T>, section: unknown): Entries<T> | null {
  if (typeof section !== 'object' || section === null || Array.isArray(section)) return null
  return new Map(Object.entries(section).map(([name, entry]) => [name, readOne(schema, entry)]))
}

export function readOne<T>(schema: z.ZodType<T>, value: unknown): T | null {
  const parsed = schema.safeParse(value)
  return parsed.success ? parsed.data : null
}
