/**
 * Secrets inside SQL: by the name they are given to, and by their own look. They are cut out of the record, so this
 * errs on the side of cutting; only `KEY` and `…_KEY` are left alone in queries, where they are mostly columns.
 */
import { append } from './append.ts'
import type { Comment, Token } from './token.ts'
import { closingOf, isName, isOperator, isText, isWord } from './token.ts'
import type { Span } from './types.ts'

const STRONG =
  /(?:PASSWORD|PASSWD|PASSPHRASE|PASSCODE|SECRET|TOKEN|CREDENTIALS?|PRIVATE[_-]KEY|API[_-]?KEY|SECRET[_-]KEY|ACCESS[_-]KEY|ACCOUNT[_-]KEY|MASTER[_-]KEY|ENCRYPTION[_-]KEY|CONNECTION[_-]STRING)(?:_?[0-9]|_STRING)?$|^(?:PWD|AUTHORIZATION|SAS|AWS_KEY_ID|AWS_KEY)$/
const WEAK = /(?:^|[_-])KEY(?:_?[0-9])?$/
const NOT_SECRET = /PUBLIC_KEY|KMS_KEY_ID$|_FP$|PARTITION_KEY$|PRIMARY_KEY$|FOREIGN_KEY$/
/** Functions whose texts are pass phrases and keys ("Encryption functions"), or tokens. */
const KEYED_FUNCTION = /^(?:TRY_)?(?:EN|DE)CRYPT(?:_RAW)?$|^SYSTEM\$VERIFY_EXT(?:ERNAL)?_OAUTH_TOKEN$/

/** Values that are secret wherever they stand. Each begins at the start of a word, so that a test takes linear time. */
const LOOKS_SECRET = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\./,
  /(?<!\w)(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|xox[abprs]-[\w-]{10,})/,
  /[?&](?:sig|signature|x-(?:amz|goog)-(?:signature|credential|security-token)|token|access_token|sas)=/i,
  /\bAccountKey=/i,
  /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@]+@/i,
  /\bBearer\s+[\w.~+/-]{12}/i,
]
/** `name = '`, as inside comments and bodies of whatever language. */
const ASSIGNMENT = /(?<![\w-])([\w-]+)["']?\s*(?:=>|:=|=|:)\s*(["'])/g

/** True for a name that holds a secret; in queries only what can be nothing else. */
function isSecretName(name: string, query: boolean): boolean {
  const upper = name.toUpperCase()
  if (NOT_SECRET.test(upper)) return false
  return STRONG.test(upper) || (!query && WEAK.test(upper))
}

function looksSecret(value: string): boolean {
  return LOOKS_SECRET.some((pattern) => pattern.test(value))
}

/** Secrets of one statement. `query`: it reads or writes rows, and so names columns. */
export function findSecrets(tokens: readonly Token[], query: boolean): readonly Span[] {
  const spans: Span[] = []
  for (const [index, token] of tokens.entries()) {
    if (isText(token) && looksSecret(token.text)) spans.push(spanOf(token))
    if (token.type === 'stage' || token.type === 'file' || !(isName(token) || isText(token))) continue
    const next = tokens[index + 1]
    if (isName(token) && isOperator(next, '(') && KEYED_FUNCTION.test(token.text.toUpperCase())) {
      append(spans, textsIn(tokens, index + 1))
    }
    if (isText(token) && !isOperator(next, ':') && !isOperator(next, '=')) continue
    if (!isSecretName(token.text, query)) continue
    const value = skipAssignment(tokens, index + 1)
    if (value !== null) append(spans, valueSpans(tokens, value, token.text))
  }
  if (isWord(tokens[0], 'SET') && isOperator(tokens[1], '(')) {
    const secret = tokens.slice(2, closingOf(tokens, 1)).some((name) => isName(name) && isSecretName(name.text, false))
    if (secret) append(spans, tokens.slice(closingOf(tokens, 1)).filter(isText).map(spanOf))
  }
  return spans
}

/** The index of the value behind `=`, `=>`, `:=`, `:`; null when nothing is given. */
function skipAssignment(tokens: readonly Token[], index: number): number | null {
  const assigns = ['=', '=>', ':=', ':', '<>', '!='].some((operator) => isOperator(tokens[index], operator))
  if (assigns) return index + 1
  return isWord(tokens[index], 'LIKE', 'ILIKE', 'IN', 'RLIKE') ? index + 1 : null
}

function valueSpans(tokens: readonly Token[], start: number, name: string): readonly Span[] {
  if (isOperator(tokens[start], '(')) return textsIn(tokens, start)
  const spans: Span[] = []
  for (let index = start; index < tokens.length; index += 1) {
    const token = tokens[index]
    if (isText(token)) spans.push(spanOf(token))
    else if (token?.type === 'number' && index === start && /^pass/i.test(name)) spans.push(spanOf(token))
    else if (!isOperator(token, '||')) break
  }
  return spans
}

function textsIn(tokens: readonly Token[], open: number): readonly Span[] {
  return tokens.slice(open, closingOf(tokens, open)).filter(isText).map(spanOf)
}

function spanOf(token: Token): Span {
  return { start: token.start, end: token.end }
}

/** Secrets in a comment, or in a body of another language: what looks like an assignment. */
export function findAssigned(text: string, offset: (index: number) => number): readonly Span[] {
  const spans: Span[] = []
  for (const match of text.matchAll(ASSIGNMENT)) {
    const [whole, name, quote] = match
    if (name === undefined || quote === undefined || !isSecretName(name, false)) continue
    const start = match.index + whole.length
    const end = endOfQuoted(text, start, quote)
    if (end > start) spans.push({ start: offset(start), end: offset(end) })
  }
  return spans
}

/** Where the text in quotes ends; at the end of the line where the quote is missing. */
function endOfQuoted(text: string, start: number, quote: string): number {
  let end = start
  while (end < text.length && text[end] !== quote && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1
  return Math.min(end, text.length)
}

export function findInComments(sqlText: string, comments: readonly Comment[]): readonly Span[] {
  return comments.flatMap(({ start, end }) => {
    const text = sqlText.slice(start, end)
    if (looksSecret(text)) return [{ start: start + 2, end: text.startsWith('/*') ? end - 2 : end }]
    return findAssigned(text, (index) => start + index)
  })
}
