import type { NamedObject, RoutineDefinition } from '../catalogue/index.ts'
import type { Session } from '../session/index.ts'
import { renderType } from '../types/index.ts'
import { type Row, time } from './rows.ts'
import type { Scope } from './show-rows.ts'

/** Sequences, routines, policies, tags and their like, as SHOW lists them. */
export function namedRows(session: Session, kind: string, scope: Scope): Row[] {
  const { catalogue } = session.warehouse
  const matches = (object: NamedObject) =>
    (object.kind === kind || (kind === 'INTEGRATION' && object.kind.endsWith('INTEGRATION'))) &&
    (object.database === '' || scope.database === undefined || object.database === scope.database) &&
    (object.schema === '' || scope.schema === undefined || object.schema === scope.schema)
  return catalogue.named.list().filter(matches).map(rowOf)
}

function rowOf(object: NamedObject): Row {
  return {
    created_on: time(object.createdOn),
    name: object.name,
    database_name: object.database,
    catalog_name: object.database,
    schema_name: object.schema,
    owner: object.owner,
    comment: object.comment,
    kind: object.kind.replaceAll(' ', '_'),
    owner_role_type: 'ROLE',
    options: '',
    definition: object.text,
    ...(object.sequence
      ? { next_value: String(object.sequence.start), interval: String(object.sequence.increment), ordered: 'N' }
      : {}),
    ...(object.kind === 'TAG'
      ? { allowed_values: object.allowedValues ? JSON.stringify(object.allowedValues) : null }
      : {}),
    ...(object.routine ? routineCells(object, object.routine) : {}),
    ...KIND_CELLS[object.kind],
  }
}

const KIND_CELLS: Readonly<Record<string, Row>> = {
  STAGE: { type: 'INTERNAL', url: '', has_credentials: 'N', has_encryption_key: 'N', directory_enabled: 'N' },
  'FILE FORMAT': { type: 'CSV', format_options: '{}' },
  STREAM: { type: 'DELTA', stale: 'false', mode: 'DEFAULT', source_type: 'Table' },
  TASK: { state: 'suspended', predecessors: '[]', allow_overlapping_execution: 'false' },
}

function routineCells(object: NamedObject, { parameters, returns, language }: RoutineDefinition): Row {
  const needed = parameters.filter(({ default: fallback }) => fallback === undefined).length
  const isTable = Array.isArray(returns)
  const types = parameters.map(({ type, default: fallback }) => {
    const name = baseName(type)
    return fallback === undefined ? name : `DEFAULT ${name}`
  })
  return {
    is_builtin: 'N',
    is_aggregate: 'N',
    is_ansi: 'N',
    min_num_arguments: String(needed),
    max_num_arguments: String(parameters.length),
    arguments: `${object.name}(${types.join(', ')}) RETURN ${isTable ? 'TABLE ()' : baseName(returns as never)}`,
    description: object.comment || (object.kind === 'FUNCTION' ? 'user-defined function' : 'user-defined procedure'),
    is_table_function: isTable ? 'Y' : 'N',
    valid_for_clustering: 'N',
    is_secure: 'N',
    is_external_function: 'N',
    is_memoizable: 'N',
    language,
  }
}

/** The type without its sizes, as signatures show it. */
function baseName(type: Parameters<typeof renderType>[0]): string {
  return renderType(type).replace(/\(.*$/, '')
}
