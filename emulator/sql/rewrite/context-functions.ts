import { compilationError } from '../errors.ts'
import { quoteText } from '../text/index.ts'
import { castNode, type Node, NULL_NODE, numberNode, textNode } from './ast.ts'
import { constantText } from './constants.ts'
import { getDdl } from './get-ddl.ts'
import type { Rewriter } from './rewriter.ts'

type ContextFunction = (rewriter: Rewriter, args: readonly Node[]) => Node

const text = (value: string | null): Node => (value === null ? castNode(NULL_NODE, 'VARCHAR') : textNode(value))

const now =
  (type: string): ContextFunction =>
  (rewriter) => {
    const instant = `CAST(${quoteText(rewriter.env.now.toISOString())} AS TIMESTAMPTZ)`
    const local = `CAST(${instant} AS TIMESTAMP)`
    return rewriter.holes.expression(type === 'TIMESTAMPTZ' ? instant : `CAST(${local} AS ${type})`)
  }

/** Functions whose value is known before the statement runs. */
export const CONTEXT_FUNCTIONS: Readonly<Record<string, ContextFunction>> = {
  CURRENT_USER: (rewriter) => text(rewriter.env.user),
  CURRENT_ROLE: (rewriter) => text(rewriter.env.context.role),
  CURRENT_ROLE_TYPE: () => text('ROLE'),
  INVOKER_ROLE: (rewriter) => text(rewriter.env.context.role),
  CURRENT_WAREHOUSE: (rewriter) => text(rewriter.env.context.warehouse),
  CURRENT_DATABASE: (rewriter) => text(rewriter.env.context.database),
  CURRENT_SCHEMA: (rewriter) => text(rewriter.env.context.schema),
  CURRENT_SCHEMAS: (rewriter) => {
    const { database, schema } = rewriter.env.context
    return text(JSON.stringify(database && schema ? [`${database}.${schema}`] : []))
  },
  CURRENT_ACCOUNT: (rewriter) => text(rewriter.env.account.toUpperCase()),
  CURRENT_ACCOUNT_NAME: (rewriter) => text(rewriter.env.account.toUpperCase()),
  CURRENT_ORGANIZATION_NAME: () => text('ICECORE'),
  CURRENT_REGION: () => text('AWS_US_WEST_2'),
  CURRENT_SESSION: (rewriter) => text(rewriter.env.sessionId),
  CURRENT_CLIENT: () => text(null),
  CURRENT_IP_ADDRESS: () => text('127.0.0.1'),
  CURRENT_VERSION: () => text('9.36.1'),
  CURRENT_STATEMENT: () => text(null),
  CURRENT_TRANSACTION: () => text(null),
  CURRENT_AVAILABLE_ROLES: (rewriter) => text(JSON.stringify(rewriter.env.roles)),
  CURRENT_SECONDARY_ROLES: (rewriter) => {
    const { secondaryRoles } = rewriter.env.context
    const roles = secondaryRoles === 'ALL' ? rewriter.env.roles.join(',') : ''
    return text(JSON.stringify({ roles, value: secondaryRoles }))
  },
  IS_ROLE_IN_SESSION: (rewriter, [role]) => {
    const name = constantText(rewriter, role).toUpperCase()
    const { context, roles } = rewriter.env
    const held = context.role === name || (context.secondaryRoles === 'ALL' && roles.includes(name))
    return { boolean: { value: held } }
  },
  CURRENT_TIMESTAMP: now('TIMESTAMPTZ'),
  LOCALTIMESTAMP: now('TIMESTAMPTZ'),
  GETDATE: now('TIMESTAMPTZ'),
  SYSTIMESTAMP: now('TIMESTAMPTZ'),
  CURRENT_DATE: now('DATE'),
  CURRENT_TIME: now('TIME'),
  LOCALTIME: now('TIME'),
  SYSDATE: (rewriter) =>
    rewriter.holes.expression(`CAST(${quoteText(rewriter.env.now.toISOString().replace('Z', ''))} AS TIMESTAMP)`),
  LAST_QUERY_ID: (rewriter, [back]) => text(rewriter.env.queryId(back ? Number(constantText(rewriter, back)) : -1)),
  GETVARIABLE: (rewriter, [name]) => {
    const variable = constantText(rewriter, name).toUpperCase()
    return rewriter.env.hasVariable(variable) ? text(rewriter.env.variable(variable).text) : text(null)
  },
  GET_DDL: (rewriter, [kind, name]) =>
    text(getDdl(rewriter.env, constantText(rewriter, kind), constantText(rewriter, name))),
  SYSTEM$GET_DEFAULT_PYTHON_ARTIFACT_REPOSITORY: () => text('snowflake.snowpark.anaconda_shared_repository'),
  SYSTEM$GET_TAG: (rewriter, [tag, object, domain]) =>
    text(
      rewriter.env.tagValue(
        constantText(rewriter, tag),
        constantText(rewriter, object),
        constantText(rewriter, domain),
      ),
    ),
  SYSTEM$WAIT: (rewriter, [amount, unit]) => {
    const size = constantText(rewriter, amount)
    const name = unit ? constantText(rewriter, unit).toUpperCase() : 'SECONDS'
    const factor = WAIT_UNITS[name]
    if (factor === undefined) throw compilationError('001023', '22023', `Invalid time unit ${name}`)
    rewriter.needs.wait += Number(size) * factor
    return text(`waited ${size} ${name.toLowerCase()}`)
  },
  SYSTEM$CANCEL_QUERY: (rewriter, [id]) => text(rewriter.env.cancel({ queryId: constantText(rewriter, id) })),
  SYSTEM$CANCEL_ALL_QUERIES: (rewriter, [id]) => text(rewriter.env.cancel({ sessionId: constantText(rewriter, id) })),
  SYSTEM$ABORT_SESSION: (rewriter, [id]) => text(rewriter.env.cancel({ sessionId: constantText(rewriter, id) })),
  GET_PRESIGNED_URL: (rewriter, args) =>
    inventedUrl(rewriter, args, 'presigned', '&X-Amz-Signature=0a1b2c3d4e5f60718293a4b5c6d7e8f9'),
  BUILD_SCOPED_FILE_URL: (rewriter, args) => inventedUrl(rewriter, args, 'scoped', '&token=c2NvcGVkLXVybA'),
  BUILD_STAGE_FILE_URL: (rewriter, args) => inventedUrl(rewriter, args, 'stage', ''),
}

const WAIT_UNITS: Readonly<Record<string, number>> = {
  DAYS: 86_400_000,
  HOURS: 3_600_000,
  MINUTES: 60_000,
  SECONDS: 1000,
  MILLISECONDS: 1,
}

/** A URL that leads nowhere, of the form which a gateway must not let out. */
function inventedUrl(rewriter: Rewriter, args: readonly Node[], kind: string, secret: string): Node {
  const path = args.length > 1 ? constantText(rewriter, args[1]) : ''
  return text(
    `https://${rewriter.env.account.toLowerCase()}.storage.invalid/${kind}/${encodeURI(path)}?X-Amz-Expires=3600${secret}`,
  )
}

/** `$name`. */
export function variableNode(rewriter: Rewriter, name: string): Node {
  const { type, text: value } = rewriter.env.variable(name.toUpperCase())
  if (value === null) return NULL_NODE
  switch (type) {
    case 'fixed':
      return value.startsWith('-') ? rewriter.holes.expression(`(${value})`) : numberNode(value)
    case 'real':
      return castNode(textNode(value), 'DOUBLE')
    case 'boolean':
      return { boolean: { value: value === 'true' } }
    default:
      return textNode(value)
  }
}

/** What `SYSTEM$TYPEOF` says comes from DuckDB's own type. */
export function typeOfText(rewriter: Rewriter, value: Node): Node {
  return rewriter.holes.expression(`SFX_SYSTEM_TYPEOF(typeof(${rewriter.print(value)}))`)
}
