/**
 * Statements of the never-list, by their kind and their words. Policies that decide who may log in count as Icecore's
 * own user's wherever they are changed, because the text does not say to whom they are attached; making a new one
 * touches nobody.
 */
import { unreadCode } from './bodies.ts'
import type { Classified } from './classified.ts'
import { type KnownVariables, readName, showName, skipCondition } from './names.ts'
import { isClosedSchema, leadsToClosedSchema, type NeverRule } from './never-functions.ts'
import { isName, isOperator, isWord, type Token } from './token.ts'
import type { Name } from './types.ts'

export type AddNever = (rule: NeverRule, what: string) => void

/** Policies that decide who may log in. Which users they are attached to, the text does not say. */
const LOGIN_POLICIES = /_(?:AUTHENTICATION_POLICY|NETWORK_POLICY|SESSION_POLICY|PASSWORD_POLICY|NETWORK_RULE)$/
const LOGIN_PROPERTIES = ['NETWORK_POLICY', 'SAML_IDENTITY_PROVIDER', 'SSO_LOGIN_PAGE']

export function checkStatement(
  tokens: readonly Token[],
  classified: Classified,
  variables: KnownVariables,
  ownUser: Name,
  add: AddNever,
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
  else if (kind === 'DESCRIBE') checkDescribe(tokens, variables, ownUser, add, verb)
  else if (kind === 'ALTER_WAREHOUSE' && tokens.some((token) => isWord(token, 'ABORT'))) {
    add('reaches_other_users', `${verb} … ABORT ALL QUERIES`)
  }
  checkCode(tokens, kind, add)
}

/** Code that Icecore cannot read, and secrets that code is given. */
function checkCode(tokens: readonly Token[], kind: string, add: AddNever): void {
  const code = unreadCode(tokens, kind)
  if (code !== null) add('unread_code', code)
  if (!/_(?:FUNCTION|PROCEDURE|SERVICE|STREAMLIT|NOTEBOOK)$/.test(kind)) return
  for (const [index, token] of tokens.entries()) {
    if (isWord(token, 'SECRETS') && isOperator(tokens[index + 1], '=')) add('reads_secret', 'SECRETS = (…)')
  }
}

/** Sessions, transactions and locks of all; tokens and log-in methods of users; parameters of a session or user. */
function checkShow(tokens: readonly Token[], add: AddNever, verb: string): void {
  const at = isWord(tokens[1], 'TERSE') ? 2 : 1
  const what = tokens[at]
  // SHOW USER FUNCTIONS: those that users have made.
  if (isWord(what, 'USER') && isWord(tokens[at + 1], 'FUNCTIONS', 'PROCEDURES')) return
  if (isWord(what, 'TRANSACTIONS', 'LOCKS', 'SESSIONS', 'USER', 'MFA', 'DELEGATED')) add('reaches_other_users', verb)
  if (!isWord(what, 'PARAMETERS')) return
  const scope = tokens.findIndex((token, index) => index > at && isWord(token, 'IN', 'FOR'))
  const whose = tokens[scope + 1]
  const foreign = isWord(whose, 'USER') || (isWord(whose, 'SESSION') && scope + 2 < tokens.length)
  if (scope > 0 && foreign) add('reaches_other_users', `SHOW PARAMETERS … ${tokens[scope]?.text} ${whose?.text}`)
}

/** Transactions by id, and how Icecore's own user logs in. */
function checkDescribe(
  tokens: readonly Token[],
  variables: KnownVariables,
  ownUser: Name,
  add: AddNever,
  verb: string,
): void {
  if (isWord(tokens[1], 'TRANSACTION')) add('reaches_other_users', verb)
  if (!isWord(tokens[1], 'USER')) return
  const name = readName(tokens, 2, variables)
  if (name?.parts == null || sameUser(name.parts, ownUser)) add('reaches_other_users', verb)
}

/** A stream on a stage is one on its directory table, whose rows hold the URLs of the files. */
function checkStream(tokens: readonly Token[], add: AddNever, verb: string): void {
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

function checkUser(
  tokens: readonly Token[],
  kind: string,
  variables: KnownVariables,
  ownUser: Name,
  add: AddNever,
): void {
  const verb = kind.replace('_', ' ')
  const unset = tokens.some((token) => isWord(token, 'UNSET'))
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1]
    const text = isName(token) ? token.text.toUpperCase() : ''
    if (CREDENTIAL_PROPERTIES.has(text) && (isOperator(next, '=') || unset)) {
      add('mints_credential', `${verb} … ${text}`)
    }
    // Whatever is added to a user by this verb is a way to log in.
    if (isWord(token, 'ADD')) add('mints_credential', `${verb} … ADD`)
    if (isWord(token, 'MODIFY', 'ROTATE', 'REMOVE', 'DROP')) {
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

function checkAccount(tokens: readonly Token[], add: AddNever, verb: string): void {
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1]
    const policy = isWord(token, 'AUTHENTICATION', 'SESSION', 'PASSWORD') && isWord(next, 'POLICY')
    if (policy) add('changes_own_user', `${verb} … ${token.text} POLICY`)
    if (isName(token) && LOGIN_PROPERTIES.includes(token.text.toUpperCase()))
      add('changes_own_user', `${verb} … ${token.text}`)
  }
}

function checkGrant(tokens: readonly Token[], ownUser: Name, add: AddNever, verb: string): void {
  for (const [index, token] of tokens.entries()) {
    const name = tokens[index + 2]
    if (!isWord(token, 'ON') || !isWord(tokens[index + 1], 'USER') || !isName(name)) continue
    if (sameUser([name.text], ownUser)) add('changes_own_user', `${verb} … ON USER ${showName([name.text])}`)
  }
}

/** With such a schema in the context or the search path, its views can be read by their bare names. */
function checkContext(classified: Classified, add: AddNever, verb: string): void {
  for (const change of classified.stateChanges ?? []) {
    if (change.change === 'use_schema' && change.name !== null && isClosedSchema(change.database, change.name)) {
      add('reaches_other_users', `${verb} ${showName([change.name])} as the current schema`)
    }
    // Inside it, its schemas can be named without it: `USE DATABASE SNOWFLAKE; SELECT * FROM TELEMETRY.EVENTS`.
    if (change.change === 'use_database' && change.name?.toUpperCase() === 'SNOWFLAKE') {
      add('reaches_other_users', `${verb} as the current database`)
    }
    if (change.change !== 'set_parameter' || change.name !== 'SEARCH_PATH') continue
    if (change.value === null || leadsToClosedSchema(change.value)) {
      add('reaches_other_users', `${verb} SET SEARCH_PATH`)
    }
  }
}
