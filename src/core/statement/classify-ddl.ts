/** CREATE, ALTER, DROP and UNDROP. */
import { append } from './append.ts'
import { type Classified, scriptingBlock, unknownStatement } from './classified.ts'
import { type KnownVariables, readName, skipCondition } from './names.ts'
import { findObjectType, kindOfType, type ObjectType } from './object-types.ts'
import { isName, isOperator, isWord, type Token } from './token.ts'
import type { Effect, StateChange } from './types.ts'

const MODIFIERS = new Set([
  'SECURE',
  'TEMP',
  'TEMPORARY',
  'LOCAL',
  'GLOBAL',
  'VOLATILE',
  'TRANSIENT',
  'RECURSIVE',
  'AGGREGATE',
])
const TEMPORARY = new Set(['TEMP', 'TEMPORARY', 'VOLATILE'])
/** Objects that hold a statement in plain tokens behind one of these words. */
const HOLDS_STATEMENT: Readonly<Record<string, readonly string[]>> = {
  TASK: ['AS'],
  PIPE: ['AS'],
  ALERT: ['THEN', 'ACTION'],
}
/** Objects whose body may be a scripting block that is not quoted. */
const HOLDS_BLOCK = new Set(['TASK', 'ALERT', 'PROCEDURE', 'FUNCTION'])

export function classifyCreate(tokens: readonly Token[], variables: KnownVariables): Classified {
  let index = 1
  if (isWord(tokens[index], 'OR') && isWord(tokens[index + 1], 'REPLACE', 'ALTER')) index += 2
  let temporary = false
  for (let word = tokens[index]; word?.type === 'word' && MODIFIERS.has(word.text); word = tokens[index]) {
    temporary ||= TEMPORARY.has(word.text)
    index += 1
  }
  const type = typeAt(tokens, index)
  if (type === null) throw unknownStatement(tokens, index)
  const condition = skipCondition(tokens, index + type.words)
  const name = readName(tokens, condition.next, variables)
  if (name === null) throw unknownStatement(tokens, condition.next)

  const stateChanges: StateChange[] = []
  if (temporary) stateChanges.push({ change: 'temporary_object' })
  if (!temporary || type.type === 'SCHEMA' || type.type === 'DATABASE') {
    append(stateChanges, contextOf(type.type, 'create', name.parts, condition.conditional))
  }
  const how = type.type === 'TABLE' ? tableForm(tokens, name.next) : ''
  return {
    kind: `CREATE_${kindOfType(type.type)}${how}`,
    effects: [
      ...type.effects,
      ...dataEffects(tokens, type, how),
      ...outwardEffects(tokens),
      ...originEffects(tokens, name.next),
      ...actorEffects(tokens.slice(name.next), ['USER']),
    ],
    stateChanges,
    ...holds(tokens, name.next, type.type),
  }
}

/** CLONE and AS SELECT make other statements of CREATE TABLE: they write, and AS reads. */
function tableForm(tokens: readonly Token[], afterName: number): '' | '_AS' | '_CLONE' {
  if (isWord(tokens[afterName], 'CLONE')) return '_CLONE'
  return topLevel(tokens, afterName, ['AS']) < tokens.length ? '_AS' : ''
}

function dataEffects(tokens: readonly Token[], type: ObjectType, how: string): readonly Effect[] {
  if (how === '_AS') return ['write', 'read']
  if (how === '_CLONE' || tokens.some((token) => isWord(token, 'CLONE'))) return ['write', 'read']
  const readsNow = type.type.endsWith('TABLE') && tokens.some((token) => isWord(token, 'SELECT'))
  return readsNow ? ['write', 'read'] : []
}

export function classifyAlter(tokens: readonly Token[], variables: KnownVariables): Classified {
  const type = typeAt(tokens, 1)
  if (type === null) throw unknownStatement(tokens, 1)
  const condition = skipCondition(tokens, 1 + type.words)
  // ALTER ACCOUNT and ALTER USER may leave the name out: the present one is meant.
  const name = readName(tokens, condition.next, variables)
  if (name === null || tokens.length <= condition.next) throw unknownStatement(tokens, condition.next)
  const stateChanges: StateChange[] = []
  const verb = tokens[name.next]
  if (isWord(verb, 'RENAME', 'SWAP')) {
    const target = readName(tokens, name.next + 2, variables)
    append(stateChanges, contextOf(type.type, 'create', target?.parts ?? null, true))
  }
  return {
    kind: `ALTER_${kindOfType(type.type)}`,
    effects: [
      ...type.effects,
      ...alterEffects(tokens, name.next),
      ...outwardEffects(tokens),
      ...actorEffects(tokens.slice(name.next), ['USER', 'OWNER', 'CALLER']),
    ],
    stateChanges,
    ...holds(tokens, name.next, type.type),
  }
}

/**
 * Properties that lead out: to storage (external volumes), to hosts (external access, API integrations), to queues and
 * mailboxes (integrations of tasks, pipes and alerts).
 */
const LEADS_OUT = /^(?:EXTERNAL_VOLUME|EXTERNAL_ACCESS_INTEGRATIONS|(?:API|ERROR|SUCCESS|NOTIFICATION)_INTEGRATION)$/

function outwardEffects(tokens: readonly Token[]): readonly Effect[] {
  const outward = tokens.some(
    (token, index) => isName(token) && LEADS_OUT.test(token.text.toUpperCase()) && isOperator(tokens[index + 1], '='),
  )
  return outward ? ['export'] : []
}

/** EXECUTE AS: with whose rights it runs. A task as another user; what already exists with other rights than before. */
function actorEffects(tokens: readonly Token[], actors: readonly string[]): readonly Effect[] {
  const acts = tokens.some(
    (token, index) =>
      isWord(token, 'EXECUTE') && isWord(tokens[index + 1], 'AS') && isWord(tokens[index + 2], ...actors),
  )
  return acts ? ['rights'] : []
}

/** CREATE DATABASE … FROM SHARE | LISTING, … AS REPLICA OF: takes in what another account decides about. */
function originEffects(tokens: readonly Token[], start: number): readonly Effect[] {
  const shared = isWord(tokens[start], 'FROM') && isWord(tokens[start + 1], 'SHARE', 'LISTING')
  const replica = isWord(tokens[start], 'AS') && isWord(tokens[start + 1], 'REPLICA')
  return shared || replica ? ['rights'] : []
}

const POLICY_WORDS = new Set(['POLICY', 'POLICIES', 'TAG', 'OWNER', 'CONTACT'])

function alterEffects(tokens: readonly Token[], start: number): readonly Effect[] {
  const rest = tokens.slice(start)
  const effects: Effect[] = []
  // ALTER TABLE … MODIFY COLUMN … UNSET MASKING POLICY: who sees what.
  if (rest.some((token) => token.type === 'word' && POLICY_WORDS.has(token.text))) effects.push('rights')
  // ALTER VIEW … UNSET SECURE shows its text and more of its rows; MANAGED ACCESS says who may grant.
  const opens = isWord(rest[0], 'UNSET') && isWord(rest[1], 'SECURE')
  if (opens || (isWord(rest[0], 'ENABLE', 'DISABLE') && isWord(rest[1], 'MANAGED'))) effects.push('rights')
  // A data metric function runs by a schedule of its own.
  const metric = rest.some(
    (token, index) =>
      isWord(token, 'DATA_METRIC_SCHEDULE') ||
      (isWord(token, 'DATA') && isWord(rest[index + 1], 'METRIC') && isWord(rest[index + 2], 'FUNCTION')),
  )
  if (metric) effects.push('deferred')
  // ALTER DATABASE … ENABLE | DISABLE REPLICATION | FAILOVER TO ACCOUNTS …: other accounts get the data.
  const replicates = isWord(rest[0], 'ENABLE', 'DISABLE') && isWord(rest[1], 'REPLICATION', 'FAILOVER')
  if (replicates) effects.push('rights', 'export')
  // ALTER DATABASE … REFRESH | PRIMARY: the rows of the replica are written anew, or the replica becomes the one.
  if (isWord(tokens[1], 'DATABASE') && isWord(rest[0], 'REFRESH', 'PRIMARY')) effects.push('rights', 'write')
  if (isWord(rest[0], 'SWAP') || rest.some((token) => isWord(token, 'PARTITION', 'PARTITIONS'))) effects.push('write')
  return effects
}

export function classifyDrop(tokens: readonly Token[], variables: KnownVariables): Classified {
  const type = typeAt(tokens, 1)
  if (type === null) throw unknownStatement(tokens, 1)
  const condition = skipCondition(tokens, 1 + type.words)
  const name = readName(tokens, condition.next, variables)
  if (name === null) throw unknownStatement(tokens, condition.next)
  const undrop = isWord(tokens[0], 'UNDROP')
  const changes = contextOf(type.type, undrop ? 'create' : 'drop', name.parts, condition.conditional || undrop)
  return {
    kind: `${undrop ? 'UNDROP' : 'DROP'}_${kindOfType(type.type)}`,
    effects: type.effects,
    stateChanges: changes,
  }
}

/**
 * What DDL does to the context. CREATE DATABASE, SCHEMA and WAREHOUSE make the new object the current one, DROP of the
 * current one leaves none ("CREATE DATABASE", "CREATE SCHEMA", "CREATE WAREHOUSE", "DROP DATABASE": usage notes). An
 * application is a database, too. Where the documents are silent (rename, undrop, IF [NOT] EXISTS), the change is
 * marked as conditional.
 */
function contextOf(
  type: string,
  verb: 'create' | 'drop',
  parts: readonly string[] | null,
  conditional: boolean,
): readonly StateChange[] {
  const mark = conditional ? ({ conditional: true } as const) : {}
  const last = parts?.at(-1) ?? null
  if (type === 'WAREHOUSE') return [{ change: `${verb}_warehouse`, name: last, ...mark }]
  if (type === 'DATABASE') return [{ change: `${verb}_database`, name: last, ...mark }]
  if (type === 'APPLICATION' || type === 'APPLICATION PACKAGE') {
    return [{ change: `${verb}_database`, name: last, conditional: true }]
  }
  if (type !== 'SCHEMA') return []
  const database = parts === null || parts.length < 2 ? null : (parts.at(-2) ?? null)
  return [{ change: `${verb}_schema`, database, name: last, ...mark }]
}

function typeAt(tokens: readonly Token[], index: number): ObjectType | null {
  return findObjectType((offset) => {
    const token = tokens[index + offset]
    return token?.type === 'word' || isOperator(token, '.') ? (token?.text ?? null) : null
  })
}

/** The statement or body inside, if this kind of object has one. */
function holds(tokens: readonly Token[], start: number, type: string): Pick<Classified, 'inner'> {
  if (HOLDS_BLOCK.has(type)) refuseBlock(tokens, start)
  const words = Object.hasOwn(HOLDS_STATEMENT, type) ? HOLDS_STATEMENT[type] : undefined
  if (words === undefined) return {}
  const at = topLevel(tokens, start, words)
  if (at >= tokens.length) return {}
  const inner = tokens.slice(at + 1)
  if (inner.length === 0) throw unknownStatement(tokens, at)
  return { inner: { tokens: inner, role: 'deferred' } }
}

function refuseBlock(tokens: readonly Token[], start: number): void {
  for (let index = start; index < tokens.length; index += 1) {
    if (isWord(tokens[index], 'BEGIN', 'DECLARE') && isWord(tokens[index - 1], 'AS', 'THEN', 'ACTION')) {
      throw scriptingBlock(tokens[index])
    }
  }
}

/** The first of these words outside brackets; EXECUTE AS is something else. */
function topLevel(tokens: readonly Token[], start: number, words: readonly string[]): number {
  let depth = 0
  for (let index = start; index < tokens.length; index += 1) {
    const token = tokens[index]
    if (token === undefined) break
    if (token.type === 'operator' && token.text === '(') depth += 1
    else if (token.type === 'operator' && token.text === ')') depth -= 1
    else if (depth === 0 && isWord(token, ...words) && !isWord(tokens[index - 1], 'EXECUTE')) return index
  }
  return tokens.length
}
