/**
 * The never-list: what no rule and no grant allows. A name counts however it is written: in any case, in quotes,
 * qualified, with comments between, by IDENTIFIER('…'), or inside a body in SQL. A body that cannot be read is on the
 * list itself.
 *
 * A credential is a credential, whoever's it is: making one for another user is making a way around Icecore. CREATE
 * SECRET is not on the list, since it puts a secret in and gives none out; what reads one is (SECRETS = (…)).
 */
import type { Classified } from './classified.ts'
import { constantOf, isIdentifierCall, type KnownVariables, namesOf, showName, splitName } from './names.ts'
import { isUsageName, type NeverRule, QUERY_ID_FUNCTIONS, ruleOfFunction } from './never-functions.ts'
import { type AddNever, checkStatement } from './never-statements.ts'
import { closingOf, isBind, isName, isOperator, isText, isWord, type Token } from './token.ts'
import type { Name, NeverMatch } from './types.ts'

const WHY: Readonly<Record<NeverRule, string>> = {
  mints_credential: 'makes or changes a credential',
  mints_url: 'gives out a URL that works without Icecore',
  reads_secret: 'reads a secret',
  changes_own_user: "may change how Icecore's own user logs in",
  reaches_other_users: 'reaches what belongs to other users of this connection',
  unknown_name: 'names something that the text does not say; write the name itself',
  unread_code: 'brings in code that Icecore cannot read, and that may do anything',
}

export function findNever(
  tokens: readonly Token[],
  classified: Classified,
  variables: KnownVariables,
  ownUser: Name,
): readonly NeverMatch[] {
  return collect((add) => {
    scanNames(tokens, variables, add)
    scanStages(tokens, add)
    checkStatement(tokens, classified, variables, ownUser, add)
  })
}

/**
 * What a whole body in SQL names, whichever of its statements it is in. The id that RESULT_SCAN gets inside a body
 * cannot be compared with the caller's own results.
 */
export function findNeverInBody(tokens: readonly Token[], variables: KnownVariables): readonly NeverMatch[] {
  return collect((add) => {
    scanNames(tokens, variables, add)
    scanStages(tokens, add)
    for (const { parts, next } of namesOf(tokens, variables)) {
      const reads = QUERY_ID_FUNCTIONS.has(parts?.at(-1)?.toUpperCase() ?? '') && isOperator(tokens[next], '(')
      if (reads) add('reaches_other_users', `${showName(parts ?? [])}() in a body`)
    }
  })
}

function collect(scan: (add: AddNever) => void): readonly NeverMatch[] {
  const matches = new Map<string, NeverMatch>()
  scan((rule, what) => matches.set(`${rule} ${what}`, { rule, text: `${what} ${WHY[rule]}` }))
  return [...matches.values()]
}

function scanNames(tokens: readonly Token[], variables: KnownVariables, add: AddNever): void {
  for (const { index, parts, next } of namesOf(tokens, variables)) {
    const hidden = parts === null || (parts.length > 1 && isIdentifierCall(tokens, next - 1))
    if (parts === null || hidden) {
      add('unknown_name', `IDENTIFIER(${showArgument(tokens[parts === null ? index + 2 : next + 1])})`)
      continue
    }
    const alias = isWord(tokens[index - 1], 'AS') || isOperator(tokens[index - 1], ':')
    checkName(parts, isOperator(tokens[next], '('), alias, add)
    if (isDirectory(parts, tokens, next)) add('mints_url', `${showName(parts)}()`)
    // IDENTIFIER('a.b') and TABLE('a.b') say a name as a value.
    if (!isIdentifierCall(tokens, index)) checkNameInText(tokens, index, variables, add)
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

function checkName(parts: readonly Name[], isCall: boolean, alias: boolean, add: AddNever): void {
  const rule = isCall ? ruleOfFunction(parts.at(-1) ?? '') : null
  if (rule !== null) add(rule, `${showName(parts)}()`)
  else if (!(alias && parts.length === 1) && isUsageName(parts)) add('reaches_other_users', showName(parts))
}

/** `TABLE('name')`, `TABLE($name)`, `TABLE(?)`, and `SYSTEM$REFERENCE('VIEW', 'name')`. */
function checkNameInText(tokens: readonly Token[], index: number, variables: KnownVariables, add: AddNever): void {
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
function scanStages(tokens: readonly Token[], add: AddNever): void {
  for (const token of tokens) {
    const user =
      token.type === 'stage' ? token.text === '@~' : isText(token) && /^\s*(?:@~|snow:\/\/workspace)/i.test(token.text)
    if (user) add('reaches_other_users', 'the stage @~')
  }
}
