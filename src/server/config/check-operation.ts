/** Checks of connections and of values that must stand in an order. */
import { schemaAt } from './json-schema.ts'
import { limitsSchema, sessionsSchema } from './operation.ts'
import type { Finding } from './problem.ts'
import { readOne, type View } from './view.ts'

/** A mapping as the file has it. */
type Section = Readonly<Record<string, unknown>>

export function* checkConnections({ connections }: View): Generator<Finding> {
  const seen = new Map<string, string>()
  for (const [name, connection] of connections ?? []) {
    // Drivers upper-case or lower-case the account they are given, so the case cannot tell two connections apart.
    const other = seen.get(name.toLowerCase())
    if (other !== undefined) {
      yield {
        code: 'overlap',
        message: `connections "${other}" and "${name}" differ in case only`,
        path: ['connections', name],
        atKey: true,
        hint: 'a driver’s account is matched without regard to case',
      }
    }
    seen.set(name.toLowerCase(), name)
    if (connection?.schema !== undefined && connection.database === undefined) {
      yield {
        code: 'missing_key',
        message: `connection "${name}" has a schema and no database`,
        path: ['connections', name, 'schema'],
        atKey: true,
        hint: 'name the database, too',
      }
    }
  }
}

export function* checkOrder(root: Section): Generator<Finding> {
  const sessions = (root.sessions ?? {}) as Section
  const sessionValues = readOne(sessionsSchema, sessions)
  if (sessionValues !== null) {
    yield* inOrder(['sessions', sessions], sessionValues, 'token_life', 'master_life')
    yield* inOrder(['sessions', sessions], sessionValues, 'token_life', 'longest_life')
  }
  const limits = (root.limits ?? {}) as Section
  const limitValues = readOne(limitsSchema, limits)
  if (limitValues !== null) {
    yield* inOrder(['limits', limits], limitValues, 'request_body', 'decompressed_body')
    yield* inOrder(['limits', limits], limitValues, 'decompressed_body', 'request_bodies_in_memory')
    yield* inOrder(['limits', limits], limitValues, 'statement', 'request_body')
    yield* inOrder(['limits', limits], limitValues, 'sessions_per_principal', 'sessions')
    yield* inOrder(['limits', limits], limitValues, 'envelope', 'answers_in_memory')
  }
}

/** Points at what is written: a value may also be too small for a default, which nobody sees in the file. */
function* inOrder<K extends string>(
  [section, written]: readonly [string, Section],
  values: Readonly<Record<K, number>>,
  less: K,
  more: K,
): Generator<Finding> {
  if (values[less] <= values[more]) return
  const code = 'invalid_value'
  const shown = (key: K): string => String(written[key] ?? schemaAt([section, key])?.default)
  if (written[less] === undefined) {
    yield {
      code,
      message: `"${more}" must not be less than "${less}", which is ${shown(less)} where it is not written`,
      hint: `write "${less}: ${shown(more)}" or less beside it, or raise "${more}"`,
      path: [section, more],
    }
    return
  }
  const origin = written[more] === undefined ? ' where it is not written' : ''
  yield {
    code,
    message: `"${less}" must not be more than "${more}", which is ${shown(more)}${origin}`,
    hint: `lower "${less}", or raise "${more}"`,
    path: [section, less],
  }
}
