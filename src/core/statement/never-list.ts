/**
 * The never-list: what no rule and no grant allows. A name counts however it is written: in any case, in quotes,
 * qualified, with comments between, by IDENTIFIER('…'), or inside the body of what is created.
 *
 * A credential is a credential, whoever's it is: making one for another user is making a way around Icecore. CREATE
 * SECRET is not on the list, since it puts a secret in and gives none out; what reads one is (SECRETS = (…) of a
 * function, the secret API in a body). Policies that decide who may log in count as Icecore's own user's wherever they
 * are changed, because the text does not say to whom they are attached; making a new one touches nobody.
 */
import type { Classified } from './classified.ts'
import { lex } from './lexer.ts'
import { checkNesting } from './limits.ts'
import {
  constantOf,
  isIdentifierCall,
  type KnownVariables,
  readName,
  showName,
  skipCondition,
  splitName,
} from './names.ts'
import {
  findInBody,
  isUsageName,
  isUsageSchema,
  type NeverRule,
  ruleOfFunction,
  TEXT_RUNNING_FUNCTIONS,
  usageSchemaIn,
} from './never-functions.ts'
import { describeRefusal, Refusal } from './refusal.ts'
import { MAX_TEXTS } from './text-secrets.ts'
import { closingOf, isBind, isName, isOperator, isText, isWord, type Token } from './token.ts'
import type { AnalysisOptions, Name, NeverMatch, StatementLimits } from './types.ts'

const WHY: Readonly<Record<NeverRule, string>> = {
  mints_credential: 'makes or changes a credential',
  mints_url: 'gives out a URL that works without Icecore',
  reads_secret: 'reads a secret',
  changes_own_user: "may change how Icecore's own user logs in",
  reaches_other_users: 'reaches what belongs to other users of this connection',
  unknown_name: 'names something that the text does not say; write the name itself',
}

export function findNever(
  tokens: readonly Token[],
  classified: Classified,
  variables: KnownVariables,
  { ownUser, limits }: Pick<AnalysisOptions, 'ownUser' | 'limits'>,
): readonly NeverMatch[] {
  const matches = new Map<string, NeverMatch>()
  const add: Add = (rule, what) => matches.set(`${rule} ${what}`, { rule, text: `${what} ${WHY[rule]}` })
  scanNames(tokens, variables, add)
  scanStages(tokens, add)
  scanBodies(tokens, classified, limits, add)
  checkStatement(tokens, classified, variables, ownUser, add)
  return [...matches.values()]
}

type Add = (rule: NeverRule, what: string) => void

function scanNames(tokens: readonly Token[], variables: KnownVariables, add: Add): void {
  let index = 0
  while (index < tokens.length) {
    const token = tokens[index]
    if (!isName(token)) {
      index += 1
      continue
    }
    const name = readName(tokens, index, variables)
    if (name === null) break
    const hidden = name.parts === null || (name.parts.length > 1 && isIdentifierCall(tokens, name.next - 1))
    if (name.parts === null || hidden)
      add('unknown_name', `IDENTIFIER(${showArgument(tokens[name.parts === null ? index + 2 : name.next + 1])})`)
    else {
      const alias = isWord(tokens[index - 1], 'AS') || isOperator(tokens[index - 1], ':')
      checkName(name.parts, isOperator(tokens[name.next], '('), alias, add)
      if (isDirectory(name.parts, tokens, name.next)) add('mints_url', `${showName(name.parts)}()`)
      // IDENTIFIER('a.b') and TABLE('a.b') say a name as a value.
      if (!isIdentifierCall(tokens, index)) checkNameInText(tokens, index, variables, add)
    }
    index = Math.max(name.next, index + 1)
  }
}

/**
 * `DIRECTORY(@stage)`: a table with the URL of each file. A name in the brackets makes it somebody's own table
 * (`INSERT INTO directory (a)`).
 */
function isDirectory(parts: readonly Name[], tokens: readonly Token[], next: number): boolean {
  const argument = tokens[next + 1]
  const named = isName(argument) && !isIdentifierCall(tokens, next + 1)
  return parts.at(-1)?.toUpperCase() === 'DIRECTORY' && isOperator(tokens[next], '(') && !named
}

function checkName(parts: readonly Name[], isCall: boolean, alias: boolean, add: Add): void {
  const rule = isCall ? ruleOfFunction(parts.at(-1) ?? '') : null
  if (rule !== null) add(rule, `${showName(parts)}()`)
  else if (!(alias && parts.length === 1) && isUsageName(parts)) add('reaches_other_users', showName(parts))
}

/** `TABLE('name')`, `TABLE($name)`, `TABLE(?)`, and `SYSTEM$REFERENCE('VIEW', 'name')`. */
function checkNameInText(tokens: readonly Token[], index: number, variables: KnownVariables, add: Add): void {
  const word = tokens[index]
  if (!isOperator(tokens[index + 1], '(')) return
  const argument = tokens[index + 2]
  if (isWord(word, 'TABLE')) {
    const value = tokens.slice(index + 2, closingOf(tokens, index + 1))
    if (!isText(argument) && argument?.type !== 'variable' && !isBind(argument)) return
    const constant = constantOf(value, variables)
    const parts = constant === null ? null : splitName(constant)
    if (parts === null) add('unknown_name', `TABLE(${showArgument(argument)})`)
    else checkName(parts, false, false, add)
  } else if (word?.text.toUpperCase() === 'SYSTEM$REFERENCE') {
    for (const token of tokens.slice(index + 2, closingOf(tokens, index + 1))) {
      if (token.type === 'variable' || isBind(token)) add('unknown_name', 'SYSTEM$REFERENCE')
      const parts = isText(token) ? splitName(token.text) : null
      if (parts !== null) checkName(parts, false, false, add)
    }
  }
}

function showArgument(token: Token | undefined): string {
  if (token?.type === 'variable') return `$${token.text}`
  return isBind(token) ? '?' : '…'
}

/** The stage of Icecore's own user: what one principal puts there, every other could read. */
function scanStages(tokens: readonly Token[], add: Add): void {
  for (const token of tokens) {
    const user =
      token.type === 'stage' ? token.text === '@~' : isText(token) && /^\s*(?:@~|snow:\/\/workspace)/i.test(token.text)
    if (user) add('reaches_other_users', 'the stage @~')
  }
}

/** Texts that run later: the body behind AS, and every text in $$ of a CREATE or ALTER. */
function scanBodies(tokens: readonly Token[], { kind }: Classified, limits: StatementLimits, add: Add): void {
  if (!/^(?:CREATE|ALTER)_/.test(kind)) return
  const sql = SQL_BODIES.has(kind) && !isForeign(tokens)
  for (const [index, token] of tokens.entries()) {
    const comment = isOperator(tokens[index - 1], '=') && isWord(tokens[index - 2], 'COMMENT')
    const body =
      token.type === 'dollar' || (token.type === 'string' && isWord(tokens[index - 1], 'AS', 'SPECIFICATION'))
    if (!body || comment) continue
    for (const { word, rule } of findInBody(token.text)) add(rule, `${word} in the body`)
    if (sql) scanSqlBody(token, limits, (rule, what) => add(rule, `${what} in the body`))
  }
  if (!/_(?:FUNCTION|PROCEDURE|SERVICE|STREAMLIT|NOTEBOOK)$/.test(kind)) return
  for (const [index, token] of tokens.entries()) {
    if (isWord(token, 'SECRETS') && isOperator(tokens[index + 1], '=')) add('reads_secret', 'SECRETS = (…)')
  }
}

/** Kinds whose body is SQL unless the text names another language ("CREATE FUNCTION", "CREATE PROCEDURE"). */
const SQL_BODIES = new Set([
  'CREATE_FUNCTION',
  'ALTER_FUNCTION',
  'CREATE_DATA_METRIC_FUNCTION',
  'ALTER_DATA_METRIC_FUNCTION',
  'CREATE_PROCEDURE',
  'ALTER_PROCEDURE',
])

/** True when the text names a language other than SQL. In brackets, LANGUAGE is the name of an argument or column. */
function isForeign(tokens: readonly Token[]): boolean {
  let depth = 0
  let foreign = false
  for (const [index, token] of tokens.entries()) {
    if (isOperator(token, '(')) depth += 1
    else if (isOperator(token, ')')) depth -= 1
    else if (depth === 0 && isWord(token, 'LANGUAGE')) {
      if (!isWord(tokens[index + 1], 'JAVA', 'JAVASCRIPT', 'PYTHON', 'SCALA')) return false
      foreign = true
    }
  }
  return foreign
}

const NO_VARIABLES: KnownVariables = new Map()

/**
 * A body in SQL, read as the text around it. A variable has the value of when the body runs, which nobody knows yet. A
 * text inside that is run as SQL is read, too.
 */
function scanSqlBody(body: Token, limits: StatementLimits, add: Add, level = 0): void {
  if (level > MAX_TEXTS) throw new Refusal('too_deep', `texts run texts more than ${MAX_TEXTS} times over`, body.start)
  const tokens = readSqlBody(body, limits)
  scanNames(tokens, NO_VARIABLES, add)
  scanStages(tokens, add)
  for (const [index, token] of tokens.entries()) {
    const argument = isOperator(token, '(') && TEXT_RUNNING_FUNCTIONS.has(tokens[index - 1]?.text.toUpperCase() ?? '')
    const text = tokens[argument && isWord(tokens[index + 1], 'SQL') ? index + 3 : index + 1]
    if ((argument || isWord(token, 'IMMEDIATE')) && isText(text)) {
      scanSqlBody({ ...text, start: body.start }, limits, add, level + 1)
    }
  }
}

function readSqlBody(body: Token, limits: StatementLimits): readonly Token[] {
  try {
    const { tokens } = lex(body.text)
    checkNesting(tokens, limits)
    return tokens
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new Refusal(error.code, `in the body: ${describeRefusal(body.text, error)}`, body.start)
  }
}

/** Policies that decide who may log in. Which users they are attached to, the text does not say. */
const LOGIN_POLICIES = /_(?:AUTHENTICATION_POLICY|NETWORK_POLICY|SESSION_POLICY|PASSWORD_POLICY|NETWORK_RULE)$/
const LOGIN_PROPERTIES = ['NETWORK_POLICY', 'SAML_IDENTITY_PROVIDER', 'SSO_LOGIN_PAGE']

function checkStatement(
  tokens: readonly Token[],
  classified: Classified,
  variables: KnownVariables,
  ownUser: Name,
  add: Add,
): void {
  const { kind } = classified
  const verb = showWords(tokens)
  if (kind === 'CREATE_USER' || kind === 'ALTER_USER' || kind === 'DROP_USER') {
    checkUser(tokens, kind, variables, ownUser, add)
  } else if (LOGIN_POLICIES.test(kind)) {
    const fresh = kind.startsWith('CREATE_') && !isWord(tokens[1], 'OR')
    if (!fresh) add('changes_own_user', verb)
  } else if (kind === 'CREATE_ACCOUNT' || kind === 'CREATE_MANAGED_ACCOUNT') add('mints_credential', verb)
  else if (/^(?:CREATE|ALTER)_(?:SECURITY_)?INTEGRATION$/.test(kind)) add('mints_credential', verb)
  else if (/^DROP_(?:SECURITY_)?INTEGRATION$/.test(kind)) add('changes_own_user', verb)
  else if (kind === 'ALTER_ACCOUNT' || kind === 'ALTER_ORGANIZATION_ACCOUNT') checkAccount(tokens, add, verb)
  else if (kind === 'GRANT' || kind === 'REVOKE') checkGrant(tokens, ownUser, add, verb)
  else if (kind === 'USE' || kind === 'ALTER_SESSION') checkContext(classified, add, verb)
  else if (kind === 'SHOW') checkShow(tokens, add, verb)
  else if (kind === 'CREATE_STREAM') checkStream(tokens, add, verb)
  else if (kind === 'DESCRIBE' && isWord(tokens[1], 'TRANSACTION')) add('reaches_other_users', verb)
}

function checkShow(tokens: readonly Token[], add: Add, verb: string): void {
  const what = tokens[isWord(tokens[1], 'TERSE') ? 2 : 1]
  if (isWord(what, 'TRANSACTIONS', 'LOCKS', 'SESSIONS')) add('reaches_other_users', verb)
}

/** A stream on a stage is one on its directory table, whose rows hold the URLs of the files. */
function checkStream(tokens: readonly Token[], add: Add, verb: string): void {
  if (tokens.some((token, index) => isWord(token, 'ON') && isWord(tokens[index + 1], 'STAGE'))) {
    add('mints_url', `${verb} … ON STAGE`)
  }
}

function showWords(tokens: readonly Token[]): string {
  const words: string[] = []
  for (const token of tokens) {
    if (token.type !== 'word' || words.length === 4 || isWord(token, 'SET', 'IF')) break
    words.push(token.text)
  }
  return words.join(' ')
}

/** Properties of a user with which somebody can log in. A credential for whomever is a credential. */
const CREDENTIAL_PROPERTIES = new Set([
  'PASSWORD',
  'RSA_PUBLIC_KEY',
  'RSA_PUBLIC_KEY_2',
  'WORKLOAD_IDENTITY',
  'MINS_TO_BYPASS_MFA',
])

function checkUser(tokens: readonly Token[], kind: string, variables: KnownVariables, ownUser: Name, add: Add): void {
  const verb = kind.replace('_', ' ')
  const unset = tokens.some((token) => isWord(token, 'UNSET'))
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1]
    const text = isName(token) ? token.text.toUpperCase() : ''
    if (CREDENTIAL_PROPERTIES.has(text) && (isOperator(next, '=') || unset)) {
      add('mints_credential', `${verb} … ${text}`)
    }
    if (isWord(token, 'ADD', 'MODIFY', 'ROTATE', 'REMOVE', 'DROP')) {
      const pat = isWord(next, 'PAT') || (isWord(next, 'PROGRAMMATIC') && isWord(tokens[index + 2], 'ACCESS'))
      if (pat) add('mints_credential', `${verb} … ${text} PROGRAMMATIC ACCESS TOKEN`)
    }
    if (isWord(token, 'RESET') && isWord(next, 'PASSWORD')) add('mints_credential', `${verb} … RESET PASSWORD`)
    if (isWord(token, 'DELEGATED', 'MFA')) add('mints_credential', `${verb} … ${text}`)
  }
  const at = tokens.findIndex((token) => isWord(token, 'USER')) + 1
  const { next } = skipCondition(tokens, at)
  const name = readName(tokens, next, variables)
  const own =
    name?.parts == null ||
    (kind === 'ALTER_USER' && USER_VERBS.has(name.parts[0] ?? '')) ||
    sameUser(name.parts, ownUser)
  if (own) add('changes_own_user', verb)
}

/** ALTER USER without a name means the present user: its verb stands where the name would be. */
const USER_VERBS = new Set([
  'SET',
  'UNSET',
  'ADD',
  'MODIFY',
  'ROTATE',
  'REMOVE',
  'RESET',
  'RENAME',
  'ABORT',
  'DROP',
  'ENROLL',
  'DISABLE',
])

function sameUser(parts: readonly Name[], ownUser: Name): boolean {
  return parts.length === 1 && parts[0]?.toUpperCase() === ownUser.toUpperCase()
}

function checkAccount(tokens: readonly Token[], add: Add, verb: string): void {
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1]
    const policy = isWord(token, 'AUTHENTICATION', 'SESSION', 'PASSWORD') && isWord(next, 'POLICY')
    if (policy) add('changes_own_user', `${verb} … ${token.text} POLICY`)
    if (isName(token) && LOGIN_PROPERTIES.includes(token.text.toUpperCase()))
      add('changes_own_user', `${verb} … ${token.text}`)
  }
}

function checkGrant(tokens: readonly Token[], ownUser: Name, add: Add, verb: string): void {
  for (const [index, token] of tokens.entries()) {
    const name = tokens[index + 2]
    if (!isWord(token, 'ON') || !isWord(tokens[index + 1], 'USER') || !isName(name)) continue
    if (sameUser([name.text], ownUser)) add('changes_own_user', `${verb} … ON USER ${showName([name.text])}`)
  }
}

/** With such a schema in the context or the search path, its views can be read by their bare names. */
function checkContext(classified: Classified, add: Add, verb: string): void {
  for (const change of classified.stateChanges ?? []) {
    if (change.change === 'use_schema' && change.name !== null && isUsageSchema(change.database, change.name)) {
      add('reaches_other_users', `${verb} ${showName([change.name])} as the current schema`)
    }
    // Inside it, its schemas can be named without it: `USE DATABASE SNOWFLAKE; SELECT * FROM TELEMETRY.EVENTS`.
    if (change.change === 'use_database' && change.name?.toUpperCase() === 'SNOWFLAKE') {
      add('reaches_other_users', `${verb} as the current database`)
    }
    if (change.change !== 'set_parameter' || change.name !== 'SEARCH_PATH') continue
    if (change.value === null || usageSchemaIn(change.value) !== null) {
      add('reaches_other_users', `${verb} SET SEARCH_PATH`)
    }
  }
}
