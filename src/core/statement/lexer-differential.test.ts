import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { lex } from './lexer.ts'
import { Refusal } from './refusal.ts'

/**
 * Another lexer of Snowflake's SQL, made by other people, must find the same strings, quoted names and words in every
 * text that ours accepts. Where the two read a text differently, ours has to refuse it.
 */
const polyglot = await import('@polyglot-sql/sdk').catch(() => null)

const KINDS: Readonly<Record<string, string>> = {
  STRING: 'string',
  HEX_STRING: 'string',
  DOLLAR_STRING: 'dollar',
  QUOTED_IDENTIFIER: 'quoted',
}

type Piece = readonly [kind: string, text: string]

function ours(sqlText: string): readonly Piece[] | null {
  try {
    const { tokens } = lex(sqlText)
    // The X of X'48' is part of one token to the other.
    const hex = new Set(tokens.filter(({ type }) => type === 'string').map(({ start }) => start))
    return tokens
      .filter(({ type, text, end }) => !(type === 'word' && text === 'X' && hex.has(end)))
      .filter(({ type }) => ['string', 'dollar', 'quoted', 'word'].includes(type))
      .map(({ type, text }): Piece => [type, text])
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

function theirs(sqlText: string): readonly Piece[] | string {
  const result = polyglot?.tokenize(sqlText, 'snowflake' as never)
  if (result === undefined || !result.success) return result?.error ?? 'not installed'
  const pieces: Piece[] = []
  let previous = ''
  for (const token of (result.tokens ?? []) as unknown as readonly { token_type: string; text: string }[]) {
    const kind = KINDS[token.token_type]
    if (kind !== undefined) pieces.push([kind, token.text])
    // `$name` is two tokens to the other.
    else if (token.token_type !== 'PARAMETER' && previous !== 'DOLLAR' && /^[A-Za-z_][\w$]*$/.test(token.text)) {
      pieces.push(['word', token.text.toUpperCase()])
    }
    previous = token.token_type
  }
  return pieces
}

describe('beside another lexer', { skip: polyglot === null && '@polyglot-sql/sdk is not installed' }, () => {
  it('reads the lineage cases in the same way', () => {
    const file = new URL('../../../test/vectors/statement-kinds.jsonl', import.meta.url)
    let compared = 0
    for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
      const { sql } = JSON.parse(line) as { readonly sql: string }
      // Paths of stages and files are one token to us and many to the other.
      if (/@|file:/.test(sql)) continue
      assert.deepEqual(ours(sql), theirs(sql), sql)
      compared += 1
    }
    assert.ok(compared > 100)
  })

  it('reads everything that it accepts in the same way', () => {
    const piece = fc.constantFrom(
      "'",
      "''",
      '"',
      '""',
      '$$',
      '--',
      '//',
      '/*',
      '*/',
      '\\',
      "\\'",
      '\n',
      '\r\n',
      ' ',
      'a',
      'SELECT',
      ',',
      ';',
      '(',
      ')',
      '-',
      '/',
      '*',
      '$',
      "'x'",
      '"y"',
      '1',
    )
    let accepted = 0
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const sqlText = pieces.join('')
        const mine = ours(sqlText)
        // The other takes // for no comment when the last thing before it ended with a slash (0.12.1).
        if (mine === null || /\/\s*\/\//.test(sqlText)) return
        // Nor does it read an octal escape as the character that it names.
        if (/\\[0-7]/.test(sqlText)) return
        accepted += 1
        assert.deepEqual(mine, theirs(sqlText), JSON.stringify(sqlText))
      }),
      { numRuns: 4_000 },
    )
    assert.ok(accepted > 500)
  })
})
