/**
 * The decision on a statement. Read top to bottom: each check may deny, and what no check denies is allowed. All
 * checks are made, so that an agent that is denied learns every reason at once.
 */
import type { DecisionReason } from '../recording/index.ts'
import type { Analysis, Effect, ResultReference, Statement, Use } from '../statement/index.ts'

/** What the operator may loosen; each default is the strict side. */
export interface StatementSettings {
  /** CALL of a procedure: what its body does is not seen. */
  readonly procedureCalls: Permission
  /** COPY INTO a location, integrations and their like: the data leaves without passing Icecore. */
  readonly exports: Permission
  /** Files in stages and at URLs: no catalogue knows what they hold. */
  readonly stages: Permission
  /** AI functions: what they are given goes to a model. */
  readonly models: Permission
  /** Tasks, pipes, alerts, streams: statements that run later, outside every session. */
  readonly deferred: Permission
  /** GRANT, REVOKE, roles, users, policies. */
  readonly rights: Permission
}

export type Permission = 'refuse' | 'allow'

export interface DecisionInput {
  readonly analysis: Analysis
  readonly settings: StatementSettings
  /** A statement-scoped parameter of the request that may not be set; null when all may. */
  readonly refusedParameter: string | null
  /** Roles this principal may use on this connection. */
  mayUseRole(role: string): boolean
  /** Whether ALTER SESSION may set this parameter. */
  maySetParameter(parameter: string): boolean
  /** Whether a former result is the principal's own. */
  ownsResult(reference: ResultReference): boolean
}

export type Decision =
  | { readonly decision: 'allow'; readonly reasons: readonly DecisionReason[] }
  | {
      readonly decision: 'deny'
      readonly reasons: readonly DecisionReason[]
      /** One sentence: what would be allowed instead. */
      readonly allowed: string
    }

/** Names the set of checks below in the record; changes when they do. */
export const POLICY_VERSION = 'built-in/2'

interface Denial extends DecisionReason {
  readonly allowed: string
}

export function decide(input: DecisionInput): Decision {
  const { analysis, refusedParameter } = input
  const ofText: readonly Denial[] = analysis.ok
    ? analysis.text.statements.flatMap((statement) => checks.flatMap((check) => check(statement, input)))
    : [{ code: analysis.refusal.code, text: analysis.refusal.text, allowed: 'a statement that Icecore can read' }]
  const denials = refusedParameter === null ? ofText : [...ofText, parameterDenial(refusedParameter)]
  const [first] = denials
  if (first === undefined)
    return { decision: 'allow', reasons: [{ code: 'default_allow', text: 'no check denies it' }] }
  return {
    decision: 'deny',
    reasons: denials.map(({ code, text }) => ({ code, text })),
    allowed: first.allowed,
  }
}

type Check = (statement: Statement, input: DecisionInput) => readonly Denial[]

const checks: readonly Check[] = [
  checkNeverList,
  checkFileTransfer,
  checkEffects,
  checkUses,
  checkRole,
  checkSecondaryRoles,
  checkContextNames,
  checkParameters,
  checkResultReferences,
]

function checkNeverList(statement: Statement): readonly Denial[] {
  return statement.never.map(({ rule, text }) => ({
    code: `never_${rule}`,
    text,
    allowed: 'nothing: no rule and no grant loosens this',
  }))
}

function checkFileTransfer(statement: Statement): readonly Denial[] {
  if (!statement.fileTransfer) return []
  return [
    {
      code: 'file_transfer',
      text: `${statement.kind} hands the driver a credential of cloud storage`,
      allowed: 'queries whose rows come back through Icecore',
    },
  ]
}

const EFFECT_CHECKS: readonly {
  readonly effect: Effect
  readonly setting: keyof StatementSettings
  readonly text: string
}[] = [
  { effect: 'call', setting: 'procedureCalls', text: 'what a procedure does inside is not seen' },
  { effect: 'export', setting: 'exports', text: 'the data would leave without passing Icecore' },
  { effect: 'deferred', setting: 'deferred', text: 'it makes statements run later, outside every session' },
  { effect: 'rights', setting: 'rights', text: 'it changes who may do what' },
]

function checkEffects(statement: Statement, { settings }: DecisionInput): readonly Denial[] {
  const denials = EFFECT_CHECKS.filter(
    ({ effect, setting }) => statement.effects.includes(effect) && settings[setting] === 'refuse',
  )
  const known: readonly Denial[] = denials.map(({ effect, text }) => ({
    code: `effect_${effect}`,
    text: `${statement.kind}: ${text}`,
    allowed: 'queries, and changes to tables and views',
  }))
  if (!statement.effects.includes('unknown')) return known
  return [
    ...known,
    {
      code: 'effect_unknown',
      text: `what ${statement.kind} does is not known`,
      allowed: 'a statement of a known kind',
    },
  ]
}

const USE_CHECKS: Readonly<
  Record<Use, { readonly setting: keyof StatementSettings; readonly text: string; readonly allowed: string }>
> = {
  stage: {
    setting: 'stages',
    text: 'what a file in a stage or at a URL holds, no catalogue knows',
    allowed: 'tables and views',
  },
  model: {
    setting: 'models',
    text: 'what an AI function is given goes to a model',
    allowed: 'the same query without AI functions',
  },
}

function checkUses(statement: Statement, { settings }: DecisionInput): readonly Denial[] {
  return statement.uses.flatMap((use) => {
    const { setting, text, allowed } = USE_CHECKS[use]
    if (settings[setting] === 'allow') return []
    return [{ code: `use_${use}`, text: `${statement.kind}: ${text}`, allowed }]
  })
}

function checkRole(statement: Statement, { mayUseRole }: DecisionInput): readonly Denial[] {
  return statement.stateChanges.flatMap((change) => {
    if (change.change !== 'use_role' || (change.name !== null && mayUseRole(change.name))) return []
    return [
      {
        code: 'role',
        text: `your access does not include ${change.name === null ? 'a role that is not named in the text' : `the role ${change.name}`}`,
        allowed: 'the roles of your access rule',
      },
    ]
  })
}

function checkSecondaryRoles(statement: Statement): readonly Denial[] {
  return statement.stateChanges.flatMap((change) => {
    if (change.change !== 'use_secondary_roles' || change.roles === 'none') return []
    return [{ code: 'secondary_roles', text: 'secondary roles are off', allowed: 'USE SECONDARY ROLES NONE' }]
  })
}

/** A context that the text does not name cannot be predicted. */
function checkContextNames(statement: Statement): readonly Denial[] {
  return statement.stateChanges.flatMap((change) => {
    if (!('name' in change) || change.name !== null || change.change === 'use_role') return []
    return [
      {
        code: 'context_unknown',
        text: `${statement.kind} names its object by a value that Icecore cannot read`,
        allowed: 'the same statement with the name written out',
      },
    ]
  })
}

function checkParameters(statement: Statement, { maySetParameter }: DecisionInput): readonly Denial[] {
  return statement.stateChanges.flatMap((change) => {
    if ((change.change !== 'set_parameter' && change.change !== 'unset_parameter') || maySetParameter(change.name))
      return []
    return [parameterDenial(change.name)]
  })
}

function parameterDenial(parameter: string): Denial {
  return {
    code: 'parameter',
    text: `the session parameter ${parameter} may not be set`,
    allowed: 'the session parameters listed in docs/reference/parameters.md',
  }
}

function checkResultReferences(statement: Statement, { ownsResult }: DecisionInput): readonly Denial[] {
  return statement.resultReferences.flatMap((reference) => {
    if (ownsResult(reference)) return []
    return [
      {
        code: 'result_not_own',
        text: `the result ${reference.by === 'id' ? reference.queryId : 'LAST_QUERY_ID()'} is not one of yours`,
        allowed: 'results of your own statements on this connection, for 24 hours',
      },
    ]
  })
}
