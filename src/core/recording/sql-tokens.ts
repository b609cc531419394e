/**
 * SQL in pieces to be coloured, once it was made safe to show. For eyes only: nothing is decided by these tokens; the lexer
 * that decides is in core/statement.
 */

export type SqlTokenKind = 'keyword' | 'string' | 'number' | 'comment' | 'other'

/** A mark of `safeLines` is one word: the digits in it are no number of the statement's. */
const TOKEN =
  /(?<mark>\\u\{[0-9a-f]+\})|(?<comment>--[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>'(?:[^'\\]|\\[\s\S]|'')*'?|\$\$[\s\S]*?(?:\$\$|$))|(?<quoted>"(?:[^"]|"")*"?)|(?<number>\b\d+(?:\.\d+)?\b)|(?<word>[A-Za-z_][\w$]*)|(?<rest>[\s\S])/gu

const KEYWORDS: ReadonlySet<string> = new Set(
  `ALTER AND AS ASC BEGIN BETWEEN BY CALL CASE COMMIT COPY CREATE CROSS DATABASE DELETE DESC DESCRIBE DISTINCT DROP ELSE END EXISTS
   EXPLAIN FALSE FROM FULL GRANT GROUP HAVING IF ILIKE IN INNER INSERT INTO IS JOIN LEFT LIKE LIMIT MERGE NOT NULL ON OR ORDER OUTER
   OVER PARTITION QUALIFY REVOKE RIGHT ROLE ROLLBACK SCHEMA SELECT SESSION SET SHOW TABLE THEN TO TRUE TRUNCATE UNION UPDATE USE USING
   VALUES VIEW WAREHOUSE WHEN WHERE WITH`.split(/\s+/),
)

export interface SqlToken {
  readonly kind: SqlTokenKind
  readonly text: string
}

/** The whole text, in pieces. */
export function* sqlTokens(sql: string): Generator<SqlToken> {
  for (const { 0: text, groups = {} } of sql.matchAll(TOKEN)) {
    if (groups.comment !== undefined) yield { kind: 'comment', text }
    else if (groups.string !== undefined) yield { kind: 'string', text }
    else if (groups.number !== undefined) yield { kind: 'number', text }
    else if (groups.word !== undefined && KEYWORDS.has(text.toUpperCase())) yield { kind: 'keyword', text }
    else yield { kind: 'other', text }
  }
}
