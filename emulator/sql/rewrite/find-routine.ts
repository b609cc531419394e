import type { NamedObject, RoutineDefinition } from '../catalogue/index.ts'
import { compilationError } from '../errors.ts'
import { display } from '../text/index.ts'
import type { Environment } from './environment.ts'

interface Found {
  readonly object: NamedObject
  readonly routine: RoutineDefinition
}

/** The user's function or procedure of a name that takes as many arguments; undefined when there is none. */
export function findRoutine(
  env: Environment,
  kind: 'FUNCTION' | 'PROCEDURE',
  parts: readonly string[],
  count: number,
): Found | undefined {
  if (parts.length < 3 && (env.names.database === null || env.names.schema === null)) return undefined
  const objects = env.catalogue.named.overloads(kind, env.catalogue.path(parts, env.names))
  if (objects.length === 0) return undefined
  for (const object of objects) {
    const { routine } = object
    if (!routine) continue
    const needed = routine.parameters.filter((parameter) => parameter.default === undefined).length
    if (count >= needed && count <= routine.parameters.length) return { object, routine }
  }
  throw compilationError('001044', '42P13', `Invalid argument types for function '${display(parts.at(-1) ?? '')}'`)
}
