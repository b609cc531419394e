/**
 * Snowflake's lexis, read strictly. Wherever this reading and Snowflake's might differ, so that one of them sees a
 * string or a comment and the other a statement, the text is refused; each such place has its own code.
 *
 * Rests on Snowflake's documentation ("Identifier requirements", "String & binary data types: string constants",
 * "CREATE STAGE", "PUT") and on the differences between public Snowflake lexers.
 */
import { type CharacterFault, faultInComment, faultInName, faultOutside } from './characters.ts'
import { readString } from './literals.ts'
import { Refusal } from './refusal.ts'
import { type Comment, isWord, type Token, type TokenType } from './token.ts'

export interface Lexed {
  readonly tokens: readonly Token[]
  readonly comments: readonly Comment[]
}

const SPACE = /[ \t\r\n]+/y
const WORD = /[A-Za-z_][A-Za-z0-9_$]*/y
const NUMBER = /(?:[0-9]+(?:\.(?!\.)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y
const VARIABLE = /\$[A-Za-z_][A-Za-z0-9_$]*/y
const POSITION = /\$[0-9]+/y
const HEX = /^'[0-9A-Fa-f]*'$/
const PATTERN_END = /^\$\s*\)/
const WORD_CHARACTER = /[A-Za-z0-9_$]/
const OPERATOR = /->>|->|=>|::|:=|\|\||<>|!=|<=|>=|\*\*|[-+*/%=<>()[\]{},.;:?|^$!]/y
/** Name of a stage: `~` (user), `%table`, or up to three names. */
const STAGE =
  /@(?:~|(?:(?:[A-Za-z_][A-Za-z0-9_$]*|"[^"]*(?:""[^"]*)*")?\.){0,2}%?(?:[A-Za-z_][A-Za-z0-9_$]*|"[^"]*(?:""[^"]*)*"))/y
const STAGE_PATH = /\/[A-Za-z0-9_./=%~+:$-]*/y
const FILE = /:\/\/[^\s;]*/y

/** Reads the whole text; throws `Refusal`. */
export function lex(sqlText: string): Lexed {
  return new Lexer(sqlText).read()
}

class Lexer {
  readonly #sql: string
  readonly #tokens: Token[] = []
  readonly #comments: Comment[] = []
  #at = 0
  /** Where the present statement begins in `#tokens`. */
  #statement = 0

  constructor(sqlText: string) {
    this.#sql = sqlText
  }

  read(): Lexed {
    while (this.#at < this.#sql.length) this.#next()
    return { tokens: this.#tokens, comments: this.#comments }
  }

  #next(): void {
    if (this.#match(SPACE) !== null) return
    const character = this.#sql.charAt(this.#at)
    const following = this.#sql.charAt(this.#at + 1)
    if (character === "'") this.#string()
    else if (character === '"') this.#quoted()
    else if (character === '-' && following === '-') this.#lineComment()
    else if (character === '/' && following === '/') this.#lineComment()
    else if (character === '/' && following === '*') this.#blockComment()
    else if (character === '*' && following === '/') {
      this.#refuse('stray_comment_end', '*/ without a comment before it')
    } else if (character === '$') this.#dollar()
    else if (character === '@') this.#stage()
    else if (/[A-Za-z_]/.test(character)) this.#word()
    else if (/[0-9]/.test(character) || (character === '.' && /[0-9]/.test(following))) this.#number()
    else this.#operator(character, following)
  }

  #string(): void {
    const start = this.#at
    const before = this.#tokens.at(-1)
    const prefix = before?.type === 'word' && before.end === start && before.text.length === 1 ? before.text : ''
    const isPlain =
      prefix === '' || (prefix === 'X' && HEX.test(this.#sql.slice(start, this.#sql.indexOf("'", start + 1) + 1)))
    if (!isPlain) this.#refuse('ambiguous_string', `this string with the prefix ${prefix} is read in different ways`)
    let at = start + 1
    for (;;) {
      const code = this.#sql.charCodeAt(at)
      if (Number.isNaN(code)) this.#refuse('unterminated_string', 'a string that starts here does not end')
      if (code === 0x5c) at += 2
      else if (code !== 0x27) at += 1
      else if (this.#sql.charCodeAt(at + 1) === 0x27) at += 2
      else break
    }
    this.#push('string', readString(this.#sql.slice(start, at + 1)).value, at + 1)
  }

  #quoted(): void {
    const start = this.#at
    let at = start + 1
    for (;;) {
      at = this.#sql.indexOf('"', at)
      if (at < 0) this.#refuse('unterminated_name', 'a name in double quotes that starts here does not end')
      if (this.#sql.charCodeAt(at + 1) !== 0x22) break
      at += 2
    }
    const inside = this.#sql.slice(start + 1, at)
    if (inside.startsWith('""')) {
      this.#refuse(
        'ambiguous_name',
        'three double quotes open a longer string for some; no name may begin with a quote',
      )
    }
    const fault = faultInName(inside)
    if (fault !== null) this.#refuse(fault.code, fault.reason, start + 1 + fault.at)
    if (inside === '') this.#refuse('empty_name', 'a name in double quotes may not be empty')
    this.#push('quoted', inside.replaceAll('""', '"'), at + 1)
  }

  #lineComment(): void {
    const start = this.#at
    const before = this.#tokens.at(-1)
    if (this.#sql.startsWith('//', start) && before?.text === ':' && before.end === start) {
      this.#refuse(
        'ambiguous_url',
        'after a colon, // may start a comment or be part of a URL; put the URL in quotes',
        start,
      )
    }
    const lineFeed = this.#sql.indexOf('\n', start)
    const end = lineFeed < 0 ? this.#sql.length : lineFeed
    const text = this.#sql.slice(start, end)
    const carriageReturn = text.indexOf('\r')
    if (carriageReturn >= 0 && carriageReturn !== text.length - 1) {
      this.#refuse(
        'ambiguous_line_end',
        'a carriage return without line feed in a comment ends the line for some and not for others',
        start + carriageReturn,
      )
    }
    this.#comment(text, end)
  }

  #blockComment(): void {
    const start = this.#at
    if (this.#sql.charAt(start + 2) === '/') {
      this.#refuse('ambiguous_comment', '/*/ is a whole comment for some and the start of one for others')
    }
    const end = this.#sql.indexOf('*/', start + 2)
    if (end < 0) this.#refuse('unterminated_comment', 'a comment that starts here does not end')
    const nested = this.#sql.indexOf('/*', start + 2)
    if (nested >= 0 && nested < end) {
      this.#refuse('nested_comment', '/* inside a comment: some readers nest comments and others do not', nested)
    }
    this.#comment(this.#sql.slice(start, end + 2), end + 2)
  }

  #comment(text: string, end: number): void {
    const fault = faultInComment(text)
    if (fault !== null) this.#refuse(fault.code, fault.reason, this.#at + fault.at)
    this.#comments.push({ start: this.#at, end })
    this.#at = end
  }

  #dollar(): void {
    const start = this.#at
    if (this.#sql.startsWith('$$', start)) {
      this.#dollarString()
      return
    }
    const variable = this.#match(VARIABLE)
    if (variable !== null) {
      if (variable.endsWith('$') || variable.includes('$$')) this.#refuseDollars(start)
      this.#push('variable', variable.slice(1).toUpperCase(), this.#at, start)
      return
    }
    const position = this.#match(POSITION)
    if (position !== null) {
      if (WORD_CHARACTER.test(this.#sql.charAt(this.#at))) this.#refuseDollars(start)
      this.#push('position', position, this.#at, start)
      return
    }
    if (!PATTERN_END.test(this.#sql.slice(start, start + 20))) {
      this.#refuse('unexpected_character', '$ is followed by no name and no number')
    }
    // The end anchor of a MATCH_RECOGNIZE pattern.
    this.#push('operator', '$', start + 1)
  }

  #dollarString(): void {
    const start = this.#at
    const end = this.#sql.indexOf('$$', start + 2)
    if (end < 0) this.#refuse('unterminated_dollar_quote', 'a text in $$ that starts here does not end')
    const opensInRun = this.#sql.charAt(start + 2) === '$'
    const closesInRun = WORD_CHARACTER.test(this.#sql.charAt(end + 2)) || this.#sql.charAt(end - 1) === '\\'
    if (opensInRun || closesInRun) this.#refuseDollars(opensInRun ? start : end)
    this.#push('dollar', this.#sql.slice(start + 2, end), end + 2)
  }

  #refuseDollars(at: number): never {
    this.#refuse(
      'ambiguous_dollar_quote',
      'it is not clear where the text in $$ begins or ends; put a space beside it',
      at,
    )
  }

  #stage(): void {
    const start = this.#at
    const name = this.#match(STAGE)
    if (name === null) this.#refuse('ambiguous_stage_path', '@ is not followed by the name of a stage')
    const fault = faultInName(name)
    if (fault !== null) this.#refuse(fault.code, fault.reason, start + fault.at)
    if (name.includes('$$')) this.#refuseDollars(start)
    const valueStart = this.#at
    const path = this.#match(STAGE_PATH) ?? ''
    const following = this.#sql.charAt(this.#at)
    const comments = path.includes('--') || path.includes('//') || path.includes('$$')
    const goesOn = !(following === '' || /[\s),;]/.test(following) || (following === '(' && path === ''))
    if (comments || goesOn) {
      this.#refuse(
        'ambiguous_stage_path',
        'it is not clear where this stage path ends; put it in single quotes, or a space behind it',
        start,
      )
    }
    this.#push('stage', name, this.#at, start, path === '' ? undefined : valueStart)
  }

  #word(): void {
    const start = this.#at
    const word = this.#match(WORD) ?? ''
    if (word.includes('$$')) this.#refuseDollars(start)
    const command = this.#tokens[this.#statement]
    if (word.toUpperCase() === 'FILE' && isWord(command, 'PUT', 'GET') && this.#sql.startsWith('://', this.#at)) {
      const path = this.#match(FILE) ?? ''
      if (/['"$;]/.test(path)) {
        this.#refuse('ambiguous_url', 'put the file URL in single quotes', start)
      }
      this.#push('file', 'FILE', this.#at, start, start + word.length + '://'.length)
      return
    }
    this.#push('word', word.toUpperCase(), this.#at, start)
  }

  #number(): void {
    const start = this.#at
    const number = this.#match(NUMBER) ?? ''
    if (WORD_CHARACTER.test(this.#sql.charAt(this.#at))) {
      this.#refuse('ambiguous_number', 'a number is followed by letters; put a space between them', start)
    }
    this.#push('number', number, this.#at, start)
  }

  #operator(character: string, following: string): void {
    const start = this.#at
    if (character === '`') this.#refuse('backtick', 'backticks are no quotes in Snowflake; use double quotes')
    if (character === '&') {
      this.#refuse('client_variable', '& is a variable of a command-line client; Snowflake has no such operator')
    }
    if (character === '{' && /[{%#]/.test(following)) this.#refuseTemplate()
    if (character === '<' && following === '%') this.#refuseTemplate()
    if (character === '!' && following !== '=') this.#checkExclamation()
    const operator = this.#match(OPERATOR)
    if (operator === null) this.#refuseCharacter()
    this.#push('operator', operator, this.#at, start)
    if (operator === ';') this.#statement = this.#tokens.length
  }

  /** `model!method` is Snowflake's; `!command` at the start of a statement is a command-line client's. */
  #checkExclamation(): void {
    const before = this.#tokens.at(-1)
    const joins =
      before !== undefined && before.end === this.#at && /[A-Za-z0-9_$")]/.test(this.#sql.charAt(this.#at - 1))
    if (!joins || this.#tokens.length === this.#statement) {
      this.#refuse('client_command', '! starts a command of a command-line client, which Snowflake does not know')
    }
  }

  #refuseTemplate(): never {
    this.#refuse('template', 'the text holds a template that was not filled in')
  }

  #refuseCharacter(): never {
    const character = String.fromCodePoint(this.#sql.codePointAt(this.#at) ?? 0)
    const fault: CharacterFault = faultOutside(character) ?? {
      code: 'unexpected_character',
      reason: `${character} has no meaning outside quotes`,
    }
    this.#refuse(fault.code, fault.reason)
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#sql)
    if (match === null) return null
    this.#at = pattern.lastIndex
    return match[0]
  }

  #push(type: TokenType, text: string, end: number, start: number = this.#at, valueStart?: number): void {
    this.#tokens.push(valueStart === undefined ? { type, text, start, end } : { type, text, start, end, valueStart })
    this.#at = end
  }

  #refuse(code: string, reason: string, offset: number = this.#at): never {
    throw new Refusal(code, reason, offset)
  }
}
