/**
 * What a statement is, from its words alone. A form that is not described here is refused: what Icecore does not know,
 * it does not forward.
 */

import { type Classified, scriptingBlock, unknownStatement } from './classified.ts'
import { classifyAlter, classifyCreate, classifyDrop } from './classify-ddl.ts'
import { classifyQuery, refuseHiddenStatements } from './classify-query.ts'
import {
  classifyAlterSession,
  classifySet,
  classifyTransaction,
  classifyUnset,
  classifyUse,
} from './classify-session.ts'
import { type KnownVariables, readName, skipCondition } from './names.ts'
import { findObjectType } from './object-types.ts'
import { Refusal } from './refusal.ts'
import { isName, isOperator, isText, isWord, type Token } from './token.ts'
import type { Effect } from './types.ts'

type Classifier = (tokens: readonly Token[], variables: KnownVariables) => Classified

/** Words that begin a statement of Snowflake Scripting only. */
const SCRIPTING = new Set([
  'DECLARE',
  'LET',
  'RETURN',
  'IF',
  'FOR',
  'WHILE',
  'LOOP',
  'REPEAT',
  'CASE',
  'RAISE',
  'OPEN',
  'FETCH',
  'CLOSE',
  'AWAIT',
  'ASYNC',
  'CANCEL',
  'BREAK',
  'CONTINUE',
  'EXCEPTION',
  'END',
])

const CLASSIFIERS: Readonly<Record<string, Classifier>> = {
  SELECT: classifyQuery,
  WITH: classifyQuery,
  VALUES: classifyQuery,
  '(': classifyQuery,
  INSERT: classifyInsert,
  UPDATE: (tokens) => dml(tokens, 'UPDATE', 1, ['write', 'read']),
  DELETE: (tokens) => dml(tokens, 'DELETE', expect(tokens, 1, 'FROM'), ['write', 'read']),
  MERGE: (tokens) => dml(tokens, 'MERGE', expect(tokens, 1, 'INTO'), ['write', 'read']),
  TRUNCATE: classifyTruncate,
  COPY: classifyCopy,
  CREATE: classifyCreate,
  ALTER: (tokens, variables) =>
    isWord(tokens[1], 'SESSION') && isWord(tokens[2], 'SET', 'UNSET')
      ? classifyAlterSession(tokens, variables)
      : classifyAlter(tokens, variables),
  DROP: classifyDrop,
  UNDROP: classifyDrop,
  DESCRIBE: (tokens) => metadata(tokens, 'DESCRIBE'),
  DESC: (tokens) => metadata(tokens, 'DESCRIBE'),
  SHOW: (tokens) => metadata(tokens, 'SHOW'),
  GRANT: (tokens) => rights(tokens, 'GRANT', 'TO'),
  REVOKE: (tokens) => rights(tokens, 'REVOKE', 'FROM'),
  USE: classifyUse,
  SET: classifySet,
  UNSET: classifyUnset,
  BEGIN: classifyTransaction,
  START: classifyTransaction,
  COMMIT: classifyTransaction,
  ROLLBACK: classifyTransaction,
  CALL: classifyCall,
  EXECUTE: classifyExecute,
  EXPLAIN: classifyExplain,
  COMMENT: classifyComment,
  PUT: (tokens) => files(tokens, 'PUT', ['write']),
  GET: (tokens) => files(tokens, 'GET', ['export', 'read']),
  LIST: (tokens) => stage(tokens, 'LIST', ['metadata']),
  LS: (tokens) => stage(tokens, 'LIST', ['metadata']),
  REMOVE: (tokens) => stage(tokens, 'REMOVE', ['write']),
  RM: (tokens) => stage(tokens, 'REMOVE', ['write']),
}

export function classify(tokens: readonly Token[], variables: KnownVariables): Classified {
  const first = tokens[0]
  if (first?.type === 'word' && SCRIPTING.has(first.text)) throw scriptingBlock(first)
  const plain = first?.type === 'word' || isOperator(first, '(')
  const classifier = plain && Object.hasOwn(CLASSIFIERS, first?.text ?? '') ? CLASSIFIERS[first?.text ?? ''] : undefined
  if (classifier === undefined) throw unknownStatement(tokens)
  return classifier(tokens, variables)
}

/** The index behind the word that must stand at `index`. */
function expect(tokens: readonly Token[], index: number, ...words: readonly string[]): number {
  if (!isWord(tokens[index], ...words)) throw unknownStatement(tokens, index)
  return index + 1
}

function dml(tokens: readonly Token[], kind: string, target: number, effects: readonly Effect[]): Classified {
  if (!isName(tokens[target])) throw unknownStatement(tokens, target)
  refuseHiddenStatements(tokens)
  return { kind, effects }
}

/** INSERT [OVERWRITE] INTO …, and INSERT [OVERWRITE] ALL | FIRST … into several tables. */
function classifyInsert(tokens: readonly Token[]): Classified {
  const verb = isWord(tokens[1], 'OVERWRITE') ? 2 : 1
  const next = expect(tokens, verb, 'INTO', 'ALL', 'FIRST')
  const reads = tokens.some((token) => isWord(token, 'SELECT', 'FROM', 'WITH'))
  return dml(tokens, 'INSERT', next, reads ? ['write', 'read'] : ['write'])
}

function classifyTruncate(tokens: readonly Token[], variables: KnownVariables): Classified {
  const materialized = isWord(tokens[1], 'MATERIALIZED') && isWord(tokens[2], 'VIEW')
  const type = materialized ? 3 : isWord(tokens[1], 'TABLE') ? 2 : 1
  const name = readName(tokens, skipCondition(tokens, type).next, variables)
  if (name === null || name.next !== tokens.length) throw unknownStatement(tokens, type)
  return { kind: 'TRUNCATE', effects: ['write'] }
}

/** COPY INTO a table loads, COPY INTO a stage or URL unloads, COPY FILES moves between stages. */
function classifyCopy(tokens: readonly Token[]): Classified {
  refuseHiddenStatements(tokens)
  if (isWord(tokens[1], 'FILES')) {
    expect(tokens, 2, 'INTO')
    return { kind: 'COPY_FILES', effects: ['export', 'write', 'read'] }
  }
  expect(tokens, 1, 'INTO')
  const target = tokens[2]
  if (target?.type === 'stage' || isText(target)) return { kind: 'COPY_INTO_LOCATION', effects: ['export', 'read'] }
  if (!isName(target)) throw unknownStatement(tokens, 2)
  return { kind: 'COPY_INTO_TABLE', effects: ['write', 'read'] }
}

function metadata(tokens: readonly Token[], kind: string): Classified {
  if (!isName(tokens[1])) throw unknownStatement(tokens, 1)
  return { kind, effects: ['metadata'] }
}

function rights(tokens: readonly Token[], kind: string, preposition: string): Classified {
  if (tokens.length < 5 || !tokens.some((token) => isWord(token, preposition))) throw unknownStatement(tokens, 1)
  // What is granted to a share is read by other accounts.
  const shares = tokens.some((token, index) => isWord(token, preposition) && isWord(tokens[index + 1], 'SHARE'))
  return { kind, effects: shares ? ['rights', 'export'] : ['rights'] }
}

function classifyCall(tokens: readonly Token[], variables: KnownVariables): Classified {
  const name = readName(tokens, 1, variables)
  if (name === null) throw unknownStatement(tokens, 1)
  const method = isOperator(tokens[name.next], '!') && isName(tokens[name.next + 1]) ? name.next + 2 : name.next
  if (!isOperator(tokens[method], '(')) throw unknownStatement(tokens, method)
  refuseHiddenStatements(tokens)
  return { kind: 'CALL', effects: ['call'] }
}

const EXECUTABLE = [
  'TASK',
  'ALERT',
  'NOTEBOOK',
  'NOTEBOOK PROJECT',
  'DBT PROJECT',
  'JOB SERVICE',
  'SERVICE',
  'STREAMLIT',
  'AGENT',
]

function classifyExecute(tokens: readonly Token[]): Classified {
  if (isWord(tokens[1], 'IMMEDIATE')) return classifyImmediate(tokens)
  for (const type of EXECUTABLE) {
    const words = type.split(' ')
    const follows = words.every((word, index) => isWord(tokens[index + 1], word))
    if (follows && tokens.length > words.length + 1) {
      return { kind: `EXECUTE_${words.join('_')}`, effects: ['call', 'deferred'] }
    }
  }
  throw unknownStatement(tokens, 1)
}

function classifyImmediate(tokens: readonly Token[]): Classified {
  const text = tokens[2]
  const using = tokens[3]
  const constant = isText(text) && (using === undefined || (isWord(using, 'USING') && isOperator(tokens[4], '(')))
  if (!constant) {
    throw new Refusal(
      'dynamic_sql',
      'EXECUTE IMMEDIATE is understood with one constant text only; write the statement itself',
      (text ?? tokens[1])?.start ?? 0,
    )
  }
  return { kind: 'EXECUTE_IMMEDIATE', effects: [], immediate: text }
}

function classifyExplain(tokens: readonly Token[]): Classified {
  const using = isWord(tokens[1], 'USING')
  if (using && !isWord(tokens[2], 'TEXT', 'JSON', 'TABULAR')) throw unknownStatement(tokens, 2)
  const inner = tokens.slice(using ? 3 : 1)
  if (inner.length === 0) throw unknownStatement(tokens)
  return { kind: 'EXPLAIN', effects: ['metadata'], inner: { tokens: inner, role: 'explained' } }
}

/** COMMENT [IF EXISTS] ON <type> <name> IS '…'. */
function classifyComment(tokens: readonly Token[]): Classified {
  const on = expect(tokens, skipCondition(tokens, 1).next, 'ON')
  const column = isWord(tokens[on], 'COLUMN')
  const type = findObjectType((offset) =>
    tokens[on + offset]?.type === 'word' ? (tokens[on + offset]?.text ?? null) : null,
  )
  const constant = isText(tokens.at(-1)) && isWord(tokens.at(-2), 'IS')
  if ((type === null && !column) || !constant) throw unknownStatement(tokens, on)
  return { kind: 'COMMENT', effects: ['ddl'] }
}

function files(tokens: readonly Token[], kind: string, effects: readonly Effect[]): Classified {
  const first = tokens[1]
  if (first === undefined || !(first.type === 'stage' || first.type === 'file' || isText(first))) {
    throw unknownStatement(tokens, 1)
  }
  return { kind, effects, fileTransfer: true }
}

function stage(tokens: readonly Token[], kind: string, effects: readonly Effect[]): Classified {
  if (tokens[1]?.type !== 'stage' && !isText(tokens[1])) throw unknownStatement(tokens, 1)
  return { kind, effects }
}
