/**
 * Secrets inside SQL: by the name they are given to, and by their own look. They are cut out of the record, so this
 * errs on the side of cutting; only `KEY` and `…_KEY` are left alone in queries, where they are mostly columns.
 */
import type { Comment, Token } from './token.ts'
import { closingOf, isName, isOperator, isText, isWord } from './token.ts'
import type { Span } from './types.ts'

const STRONG =
  /(?:PASSWORD|PASSWD|PASSPHRASE|PASSCODE|SECRET|TOKEN|CREDENTIAL|PRIVATE_KEY|API_?KEY|SECRET_KEY|ACCESS_KEY|ACCOUNT_KEY|MASTER_KEY|ENCRYPTION_KEY|CONNECTION_STRING)(?:_?[0-9])?$|^(?:PWD|AUTHORIZATION|SAS|AWS_KEY_ID|AWS_KEY|AWS_ROLE)$/
const WEAK = /(?:^|_)KEY(?:_?[0-9])?$/
const NOT_SECRET = /PUBLIC_KEY|KMS_KEY_ID$|_FP$|PARTITION_KEY$|PRIMARY_KEY$|FOREIGN_KEY$/
/** Functions whose texts are pass phrases and keys ("Encryption functions"), or tokens. */
const KEYED_FUNCTION = /^(?:TRY_)?(?:EN|DE)CRYPT(?:_RAW)?$|^SYSTEM\$VERIFY_EXT(?:ERNAL)?_OAUTH_TOKEN$/

/** Values that are secret wherever they stand. */
const LOOKS_SECRET =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bxox[abprs]-[\w-]{10,}|[?&](?:sig|signature|x-amz-signature|x-amz-credential|x-amz-security-token|x-goog-signature|x-goog-credential|token|access_token|sas)=|\bAccountKey=|[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@]+@|\bBearer\s+[\w.~+/-]{12,}/i
/** `name = 'value'` inside comments and bodies, whatever their language. */
const ASSIGNMENT =
  /(?:password|passwd|passphrase|secret\w*|token|credentials?|api_?key|private_key|\w+_secret|\w+_key)["']?\s*(?:=>|:=|=|:)\s*(["'])((?:(?!\1)[^\\\n]|\\.|\1\1)*)\1/gi

/** True for a name that holds a secret; in queries only what can be nothing else. */
export function isSecretName(name: string, query: boolean): boolean {
  const upper = name.toUpperCase()
  if (NOT_SECRET.test(upper)) return false
  return STRONG.test(upper) || (!query && WEAK.test(upper))
}

export function looksSecret(value: string): boolean {
  return LOOKS_SECRET.test(value)
}

/** Secrets of one statement. `query`: it reads or writes rows, and so names columns. */
export function findSecrets(tokens: readonly Token[], query: boolean): readonly Span[] {
  const spans: Span[] = []
  for (const [index, token] of tokens.entries()) {
    if (isText(token) && looksSecret(token.text)) spans.push(spanOf(token))
    if (token.type === 'stage' || token.type === 'file' || !(isName(token) || isText(token))) continue
    const next = tokens[index + 1]
    if (isName(token) && isOperator(next, '(') && KEYED_FUNCTION.test(token.text.toUpperCase())) {
      spans.push(...textsIn(tokens, index + 1))
    }
    if (token.type === 'string' && !isOperator(next, ':')) continue
    if (!isSecretName(token.text, query)) continue
    const value = skipAssignment(tokens, index + 1)
    if (value !== null) spans.push(...valueSpans(tokens, value))
  }
  if (isWord(tokens[0], 'SET') && isOperator(tokens[1], '(')) {
    const secret = tokens.slice(2, closingOf(tokens, 1)).some((name) => isName(name) && isSecretName(name.text, false))
    if (secret) spans.push(...tokens.slice(closingOf(tokens, 1)).filter(isText).map(spanOf))
  }
  return spans
}

/** The index of the value behind `=`, `=>`, `:=`, `:`; null when nothing is given. */
function skipAssignment(tokens: readonly Token[], index: number): number | null {
  const assigns = ['=', '=>', ':=', ':', '<>', '!='].some((operator) => isOperator(tokens[index], operator))
  if (assigns) return index + 1
  return isWord(tokens[index], 'LIKE', 'ILIKE', 'IN', 'RLIKE') ? index + 1 : null
}

function valueSpans(tokens: readonly Token[], start: number): readonly Span[] {
  if (isOperator(tokens[start], '(')) return textsIn(tokens, start)
  const spans: Span[] = []
  for (let index = start; index < tokens.length; index += 1) {
    const token = tokens[index]
    if (isText(token)) spans.push(spanOf(token))
    else if (token?.type === 'number' && index === start) spans.push(spanOf(token))
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
    const value = match[2] ?? ''
    const end = match.index + match[0].length - 1
    if (value !== '') spans.push({ start: offset(end - value.length), end: offset(end) })
  }
  return spans
}

export function findInComments(sqlText: string, comments: readonly Comment[]): readonly Span[] {
  return comments.flatMap(({ start, end }) => {
    const text = sqlText.slice(start, end)
    if (looksSecret(text)) return [{ start: start + 2, end: text.startsWith('/*') ? end - 2 : end }]
    return findAssigned(text, (index) => start + index)
  })
}
