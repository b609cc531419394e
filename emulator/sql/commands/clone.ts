import type { StatementResult } from '../../engine.ts'
import type { Session, Statement } from '../session/index.ts'

interface SchemaPath {
  readonly database: string
  readonly schema: string
}

type Run = (session: Session, statement: Statement) => Promise<StatementResult>

/** Copies all that lies in a schema into another, new one. */
export async function cloneSchema(
  session: Session,
  statement: Statement,
  from: SchemaPath,
  to: SchemaPath,
  run: Run,
): Promise<void> {
  const { catalogue } = session.warehouse
  for (const object of [...catalogue.schema(from.database, from.schema).objects.values()]) {
    if (object.kind === 'VIEW') {
      catalogue.add({ ...object, ...to }, true)
      continue
    }
    const kind = object.transient ? 'TRANSIENT TABLE' : 'TABLE'
    const sql = `CREATE ${kind} ${fullName(to, object.name)} CLONE ${fullName(from, object.name)}`
    await run(session, { ...statement, sql })
  }
  for (const object of catalogue.named.list())
    if (object.database === from.database && object.schema === from.schema)
      catalogue.named.add({ ...object, ...to }, true)
}

function fullName({ database, schema }: SchemaPath, name: string): string {
  return [database, schema, name].map((part) => `"${part.replaceAll('"', '""')}"`).join('.')
}
