/** SELECT, WITH, VALUES and what may stand in brackets. */
import { type Classified, scriptingBlock, unknownStatement } from './classified.ts'
import { type KnownVariables, readName } from './names.ts'
import { closingOf, isName, isOperator, isWord, type Token } from './token.ts'
import type { Effect } from './types.ts'

export function classifyQuery(tokens: readonly Token[]): Classified {
  const start = skipWith(tokens, 0)
  let verb = start
  while (isOperator(tokens[verb], '(')) verb += 1
  // A bracket may hold a query with WITH of its own.
  if (verb > start && isWord(tokens[verb], 'WITH')) verb = skipWith(tokens, verb)
  while (isOperator(tokens[verb], '(')) verb += 1
  if (!isWord(tokens[verb], 'SELECT', 'VALUES') || tokens.length === verb + 1) throw unknownStatement(tokens, verb)
  refuseHiddenStatements(tokens)
  const into = tokens.find((token, index) => isWord(token, 'INTO') && !isOperator(tokens[index - 1], '.'))
  if (into !== undefined) throw scriptingBlock(into)
  const effects: Effect[] = ['read']
  if (callsUnknown(tokens)) effects.push('call')
  return { kind: 'SELECT', effects }
}

/** The index behind `WITH [RECURSIVE] name [(columns)] AS (query), …`, checked word by word. */
function skipWith(tokens: readonly Token[], start: number): number {
  if (!isWord(tokens[start], 'WITH')) return start
  let index = isWord(tokens[start + 1], 'RECURSIVE') && !isWord(tokens[start + 2], 'AS') ? start + 2 : start + 1
  for (;;) {
    if (!isName(tokens[index])) throw unknownStatement(tokens, index)
    index += 1
    if (isOperator(tokens[index], '(')) index = closingOf(tokens, index) + 1
    if (!isWord(tokens[index], 'AS')) throw unknownStatement(tokens, index)
    if (isWord(tokens[index + 1], 'PROCEDURE')) throw scriptingBlock(tokens[index + 1])
    if (!isOperator(tokens[index + 1], '(')) throw unknownStatement(tokens, index + 1)
    index = closingOf(tokens, index + 1) + 1
    if (!isOperator(tokens[index], ',')) return index
    index += 1
  }
}

/** Second words that tell a statement from a function or a column of the same name. */
const STATEMENTS: Readonly<Record<string, readonly string[]>> = {
  INSERT: ['INTO', 'OVERWRITE', 'ALL', 'FIRST'],
  DELETE: ['FROM'],
  MERGE: ['INTO'],
  COPY: ['INTO', 'FILES'],
  TRUNCATE: ['TABLE'],
  EXECUTE: ['IMMEDIATE', 'TASK'],
  ALTER: ['USER', 'ACCOUNT', 'SESSION', 'TABLE', 'SECURITY'],
  DROP: ['TABLE', 'USER', 'DATABASE', 'SCHEMA'],
  GRANT: ['ROLE', 'OWNERSHIP'],
}

/** No statement but a query may stand in brackets; Snowflake knows none, and if it ever does, we must not miss it. */
export function refuseHiddenStatements(tokens: readonly Token[]): void {
  for (let index = 0; index + 2 < tokens.length; index += 1) {
    if (!isOperator(tokens[index], '(')) continue
    const word = tokens[index + 1]
    if (word?.type !== 'word') continue
    const seconds = Object.hasOwn(STATEMENTS, word.text) ? STATEMENTS[word.text] : undefined
    const updates = word.text === 'UPDATE' && isName(tokens[index + 2])
    const calls = word.text === 'CALL' && isName(tokens[index + 2])
    if (updates || calls || (seconds !== undefined && isWord(tokens[index + 2], ...seconds))) {
      throw unknownStatement(tokens, index + 1)
    }
  }
}

/**
 * System functions that only say something; any other may do something: `SYSTEM$SEND_EMAIL`, and
 * `SYSTEM$VALIDATE_STORAGE_INTEGRATION`, which writes a file.
 */
const TELLING =
  /^SYSTEM\$(?:TYPEOF|WAIT|CLUSTERING_\w+|STREAM_\w+|PIPE_STATUS|LAST_CHANGE_COMMIT_TIME|CURRENT_USER_TASK_NAME|ESTIMATE_\w+|EXPLAIN_\w+|GET_\w+|REFERENCE|QUERY_REFERENCE|ALLOWLIST\w*|VERIFY_EXT(?:ERNAL)?_OAUTH_TOKEN|LIST_\w+|BEHAVIOR_CHANGE_BUNDLE_STATUS)$/

/** Snowflake's own table functions. Any other may be a procedure (`SELECT … FROM TABLE(my_procedure())`). */
const TABLE_FUNCTIONS = new Set([
  'FLATTEN',
  'GENERATOR',
  'GET_QUERY_OPERATOR_STATS',
  'INFER_SCHEMA',
  'RESULT_SCAN',
  'SPLIT_TO_TABLE',
  'STRTOK_SPLIT_TO_TABLE',
  'TO_QUERY',
  'VALIDATE',
])
const NO_VARIABLES: KnownVariables = new Map()

function callsUnknown(tokens: readonly Token[]): boolean {
  for (const [index, token] of tokens.entries()) {
    if (isOperator(token, '!')) return true
    if (isName(token) && /^SYSTEM\$/i.test(token.text) && !TELLING.test(token.text.toUpperCase())) return true
    if (!isWord(token, 'TABLE') || !isOperator(tokens[index + 1], '(')) continue
    const name = readName(tokens, index + 2, NO_VARIABLES)
    if (name === null || !isOperator(tokens[name.next], '(')) continue
    const [schema, last] = [name.parts?.at(-2), name.parts?.at(-1) ?? '']
    if (schema !== 'INFORMATION_SCHEMA' && !TABLE_FUNCTIONS.has(last)) return true
  }
  return false
}
