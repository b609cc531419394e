/** What a statement uses besides tables and views: files, and models. */
import { type KnownVariables, namesOf } from './names.ts'
import { isOperator, isText, isWord, type Token } from './token.ts'
import type { Effect, Name, Use } from './types.ts'

/** Kinds that read or remove files wherever those are named: `LIST '@s'`, `COPY INTO t FROM 's3://…'`. */
const FILE_KINDS = new Set(['LIST', 'REMOVE', 'COPY_INTO_TABLE', 'COPY_FILES', 'CREATE_EXTERNAL_TABLE'])
/** Functions that read files or tell of them ("File functions", "FILE data type", "INFER_SCHEMA"). */
const FILE_FUNCTION =
  /^(?:(?:TRY_)?TO_FILE|FL_\w+|GET_RELATIVE_PATH|GET_ABSOLUTE_PATH|INFER_SCHEMA|DIRECTORY|(?:AI_)?PARSE_DOCUMENT|AI_TRANSCRIBE)$/
/** Functions of SNOWFLAKE.CORTEX that see their arguments and nothing else ("Cortex AI functions"). */
const PURE_MODEL_FUNCTION =
  /^(?:(?:TRY_)?COMPLETE|EMBED_\w+|(?:ENTITY_)?SENTIMENT|SUMMARIZE|TRANSLATE|EXTRACT_ANSWER|CLASSIFY_TEXT|PARSE_DOCUMENT|COUNT_TOKENS)$/

export interface Uses {
  readonly uses: readonly Use[]
  /** Of the functions by which they are used. */
  readonly effects: readonly Effect[]
}

export function findUses(tokens: readonly Token[], kind: string, variables: KnownVariables): Uses {
  const uses = new Set<Use>()
  const effects = new Set<Effect>()
  if (FILE_KINDS.has(kind) || namesFile(tokens, kind)) uses.add('stage')
  for (const { parts, next } of namesOf(tokens, variables)) {
    if (parts === null || !isOperator(tokens[next], '(')) continue
    const upper = parts.map((part) => part.toUpperCase())
    const name = upper.at(-1) ?? ''
    if (FILE_FUNCTION.test(name)) uses.add('stage')
    const cortex = isCortex(upper)
    if (cortex || isModelFunction(upper)) uses.add('model')
    // SEARCH_PREVIEW, DATA_AGENT_RUN and their like read what the text does not name.
    if (cortex && !PURE_MODEL_FUNCTION.test(name)) effects.add('call')
    if (SENDING.test(name)) effects.add('export')
  }
  return { uses: [...uses], effects: [...effects] }
}

/** Mails, and messages to queues and hooks. */
const SENDING = /^SYSTEM\$SEND_\w+$/

/** `AI_COMPLETE(…)` and its like. Qualified by somebody's own schema it is somebody's own function. */
function isModelFunction(parts: readonly Name[]): boolean {
  return /^AI_\w+$/.test(parts.at(-1) ?? '') && (parts.length === 1 || parts[0] === 'SNOWFLAKE')
}

function isCortex(parts: readonly Name[]): boolean {
  return parts.at(-2) === 'CORTEX' && (parts.length === 2 || parts.at(-3) === 'SNOWFLAKE')
}

/** `@stage` anywhere but as the target of an unloading, and `'@stage'` where a table could stand. */
function namesFile(tokens: readonly Token[], kind: string): boolean {
  const first = kind === 'PUT' || kind === 'GET' ? tokens.length : kind === 'COPY_INTO_LOCATION' ? 3 : 0
  return tokens.some((token, index) => index >= first && token.type === 'stage') || relationIsFile(tokens.slice(first))
}

const BEFORE_RELATION = ['FROM', 'JOIN', 'USING']
/** Words behind which no relation stands any more. */
const AFTER_FROM = ['SELECT', 'WHERE', 'GROUP', 'HAVING', 'QUALIFY', 'ORDER', 'LIMIT', 'SET', 'VALUES']

/** A text as a relation: behind FROM, JOIN, or a comma between relations. */
function relationIsFile(tokens: readonly Token[]): boolean {
  const outer: boolean[] = []
  let relations = false
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1]
    if (isWord(token, ...BEFORE_RELATION)) relations = !isWord(before, 'DISTINCT')
    else if (isWord(token, ...AFTER_FROM)) relations = false
    else if (isOperator(token, '(')) {
      outer.push(relations)
      // FROM ('@s') is the same; FLATTEN('@s') is not.
      relations &&= isWord(before, ...BEFORE_RELATION) || isOperator(before, ',') || isOperator(before, '(')
    } else if (isOperator(token, ')')) relations = outer.pop() ?? false
    else if (relations && isText(token) && /^\s*(?:@|snow:\/\/)/i.test(token.text)) {
      if (isWord(before, ...BEFORE_RELATION) || isOperator(before, ',') || isOperator(before, '(')) return true
    }
  }
  return false
}
