/** Code that a statement creates: what of it is SQL and is read, and what of it nobody can read. */
import { isName, isOperator, isText, isWord, type TextToken, type Token } from './token.ts'

/** Kinds whose body is SQL unless the text names another language ("CREATE FUNCTION", "CREATE PROCEDURE"). */
const ROUTINE = /^(?:CREATE|ALTER)_(?:(?:DATA_METRIC_)?FUNCTION|PROCEDURE)$/

/**
 * Kinds whose code lies in files, in a container or in a specification, and which runs it with a session of its own:
 * any statement, any tool, with nobody at the door.
 */
const PROGRAM =
  /^(?:CREATE|ALTER)_(?:STREAMLIT|NOTEBOOK|NOTEBOOK_PROJECT|SERVICE|DBT_PROJECT|APPLICATION|APPLICATION_PACKAGE|AGENT|MCP_SERVER|MODEL)$|^EXECUTE_JOB_SERVICE$/

/** What brings code in that Icecore cannot read, in the words of the text; null when nothing does. */
export function unreadCode(tokens: readonly Token[], kind: string): string | null {
  const verb = kind.replaceAll('_', ' ')
  if (ROUTINE.test(kind)) {
    const language = foreignLanguage(tokens)
    return language === null ? null : `${verb} … LANGUAGE ${language}`
  }
  return PROGRAM.test(kind) && !(kind.startsWith('ALTER_') && keepsCode(tokens)) ? verb : null
}

/** ALTER that leaves the code alone. */
function keepsCode(tokens: readonly Token[]): boolean {
  return tokens.some(
    (token, index) =>
      isName(tokens[index - 1]) &&
      (isWord(token, 'SUSPEND', 'RESUME', 'RENAME', 'UNSET') ||
        (isWord(token, 'SET') && isWord(tokens[index + 1], 'COMMENT') && index + 4 === tokens.length)),
  )
}

/** A language other than SQL. In brackets, LANGUAGE is the name of an argument or column. */
function foreignLanguage(tokens: readonly Token[]): string | null {
  let depth = 0
  for (const [index, token] of tokens.entries()) {
    if (isOperator(token, '(')) depth += 1
    else if (isOperator(token, ')')) depth -= 1
    else if (depth === 0 && isWord(token, 'LANGUAGE')) {
      const next = tokens[index + 1]
      // LANGUAGE(…) is the name of what is created.
      if (!isWord(next, 'SQL') && !isOperator(next, '(')) return next?.text ?? ''
    }
  }
  return null
}

/** The bodies in SQL of a function or a procedure: the texts behind AS. */
export function sqlBodies(tokens: readonly Token[], kind: string): readonly TextToken[] {
  if (!ROUTINE.test(kind) || foreignLanguage(tokens) !== null) return []
  return tokens.filter((token, index): token is TextToken => isText(token) && isWord(tokens[index - 1], 'AS'))
}

/** Behind these a statement of Snowflake Scripting may begin ("Snowflake Scripting: blocks, branching, loops"). */
const BEFORE_STATEMENT = ['BEGIN', 'THEN', 'ELSE', 'DO', 'LOOP', 'REPEAT', 'ASYNC', 'FOR']

/** Verbs of statements that do more than to read and write rows, which is found by the names in the whole body. */
const VERBS = [
  'ALTER',
  'CALL',
  'COPY',
  'CREATE',
  'DESC',
  'DESCRIBE',
  'DROP',
  'EXECUTE',
  'GET',
  'GRANT',
  'LIST',
  'LS',
  'PUT',
  'REMOVE',
  'REVOKE',
  'RM',
  'SET',
  'SHOW',
  'UNDROP',
  'UNSET',
  'USE',
]

/** The statements of a body, each up to its semicolon, the bracket around it, or the beginning of the next. */
export function statementsOfBody(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const statements: Token[][] = []
  let current: Token[] | null = null
  let depth = 0
  for (const [index, token] of tokens.entries()) {
    // The rest of a chain whose first step reads rows, and is no statement here.
    const nextStep = current === null && isOperator(tokens[index - 1], '->>') && isVerb(tokens, index)
    if (nextStep || beginsStatement(tokens, index)) {
      current = []
      depth = 0
      statements.push(current)
    }
    if (isOperator(token, '(')) depth += 1
    if (isOperator(token, ')')) depth -= 1
    if (isOperator(token, ';') || depth < 0) current = null
    current?.push(token)
  }
  return statements
}

function beginsStatement(tokens: readonly Token[], index: number): boolean {
  // No name can be EXECUTE IMMEDIATE: wherever it stands, it runs a text.
  if (isWord(tokens[index], 'EXECUTE') && isWord(tokens[index + 1], 'IMMEDIATE')) return true
  const before = tokens[index - 1]
  const first =
    before === undefined ||
    isWord(before, ...BEFORE_STATEMENT) ||
    isOperator(before, ';') ||
    isOperator(before, '(') ||
    isOperator(before, ':=')
  return first && isVerb(tokens, index)
}

/** GET(…), INSERT(…) are functions. */
function isVerb(tokens: readonly Token[], index: number): boolean {
  return isWord(tokens[index], ...VERBS) && !isOperator(tokens[index + 1], '(')
}
