import { applyEdits, Cursor, closingBracket, type Edit, type Token, tokenize } from '../text/index.ts'
import { readType, type SnowflakeType } from '../types/index.ts'

/** A statement made ready for the parser. */
export interface Prepared {
  readonly sql: string
  /** The types of casts, which stand in `sql` as `SFT_<n>`: the parser knows only some of Snowflake's types. */
  readonly types: readonly SnowflakeType[]
  readonly bindCount: number
}

/** Functions whose first argument is a date part, written without quotes. */
const DATE_PART_FIRST = new Set([
  'DATEADD',
  'TIMEADD',
  'TIMESTAMPADD',
  'DATEDIFF',
  'TIMEDIFF',
  'TIMESTAMPDIFF',
  'DATE_TRUNC',
  'DATE_PART',
  'TRUNC',
])

/** Operators of hierarchical queries. */
const HIERARCHY = new Set(['PRIOR', 'CONNECT_BY_ROOT'])

const INTERVALS: Readonly<Record<string, 'interval_year_month' | 'interval_day_time'>> = {
  'YEAR TO MONTH': 'interval_year_month',
  'DAY TO SECOND': 'interval_day_time',
}

const WITHOUT_BRACKETS = new Set([
  'CURRENT_DATE',
  'CURRENT_TIME',
  'CURRENT_TIMESTAMP',
  'LOCALTIME',
  'LOCALTIMESTAMP',
  'CURRENT_USER',
  'CURRENT_ROLE',
  'CURRENT_DATABASE',
  'CURRENT_SCHEMA',
  'CURRENT_WAREHOUSE',
  'CURRENT_ACCOUNT',
])

/**
 * Rewrites tokens where the parser would take its own view of Snowflake: functions whose meaning is ours get the prefix
 * `SF_`, so that they stay plain calls; `?` becomes `:1`, in the order of the text; types become names of ours.
 */
export function prepare(sql: string, ours: ReadonlySet<string>): Prepared {
  const tokens = tokenize(sql)
  const types: SnowflakeType[] = []
  const edits: Edit[] = []
  let bindCount = 0
  const typeSpans: { start: number; end: number }[] = []
  const putType = (index: number) => {
    const cursor = new Cursor(sql, tokens)
    cursor.skip(index)
    const first = cursor.peek()
    const type = readType(cursor)
    const last = tokens[cursor.index - 1]
    if (!type || !first || !last) return
    typeSpans.push({ start: first.start, end: last.end })
    edits.push({ start: first.start, end: last.end, text: `SFT_${types.push(type) - 1}` })
  }
  const isHierarchical = tokens.some(({ keyword }, i) => keyword === 'CONNECT' && tokens[i + 1]?.keyword === 'BY')
  for (const [i, token] of tokens.entries()) {
    if (typeSpans.some((span) => token.start >= span.start && token.end <= span.end)) continue
    const next = tokens[i + 1]
    if (token.keyword === '?') {
      bindCount++
      // As an index, a bare `:1` would read as a slice.
      const text = tokens[i - 1]?.keyword === '[' ? `(:${bindCount})` : `:${bindCount}`
      edits.push({ start: token.start, end: token.end, text })
    } else if (token.keyword === ':' && next?.kind === 'number' && !isPath(tokens, i)) {
      bindCount = Math.max(bindCount, Number(next.text))
    } else if (token.keyword === '{' && isObjectLiteral(tokens, i)) {
      prepareObject(i)
    } else if (token.keyword === '::') {
      putType(i + 1)
    } else if (token.kind === 'word' && tokens[i - 1]?.keyword !== '.') {
      prepareWord(token, i)
    }
  }
  return { sql: applyEdits(sql, edits), types, bindCount }

  /** `{'a': 1}` as a call, behind which the parser takes casts and paths. */
  function prepareObject(open: number): void {
    const close = closingBracket(tokens, open)
    for (let i = open; i <= close; i++) {
      const token = tokens[i] as Token
      if (i === open) edits.push({ start: token.start, end: token.end, text: 'SF_OBJECT_CONSTRUCT(' })
      else if (i === close) edits.push({ start: token.start, end: token.end, text: ')' })
      else if (
        token.keyword === ':' &&
        tokens[i - 1]?.kind === 'string' &&
        ['{', ','].includes(tokens[i - 2]?.keyword ?? '')
      )
        edits.push({ start: token.start, end: token.end, text: ',' })
      else if (['(', '[', '{'].includes(token.keyword)) i = closingBracket(tokens, i)
    }
  }

  /** `PRIOR a.b` as a call: the parser knows the operator in few places. */
  function prepareHierarchy(token: Token, i: number): void {
    edits.push({ start: token.start, end: token.end, text: `SF_${token.keyword}${isOpen(i + 1) ? '' : '('}` })
    if (isOpen(i + 1)) return
    let last = i + 1
    while (tokens[last + 1]?.keyword === '.') last += 2
    const end = tokens[last]?.end ?? token.end
    edits.push({ start: end, end, text: ')' })
  }

  /** `INTERVAL '1-2' YEAR TO MONTH` as a cast: the parser knows one unit only. */
  function prepareInterval(token: Token, i: number): void {
    const [text, from, to, until] = tokens.slice(i + 1, i + 5)
    if (!text || !until || to?.keyword !== 'TO') return
    const name = INTERVALS[`${from?.keyword} TO ${until.keyword}`]
    if (!name) return
    edits.push({ start: token.start, end: token.end, text: 'CAST(' })
    edits.push({ start: text.end, end: until.end, text: ` AS SFT_${types.push({ name }) - 1})` })
  }

  function isOpen(i: number): boolean {
    return tokens[i]?.keyword === '('
  }

  function prepareWord(token: Token, i: number): void {
    const next = tokens[i + 1]
    if (isHierarchical && HIERARCHY.has(token.keyword)) {
      prepareHierarchy(token, i)
      return
    }
    if (next?.keyword !== '(') {
      const isName = next?.keyword === '.' || tokens[i - 1]?.keyword === 'AS'
      if (WITHOUT_BRACKETS.has(token.keyword) && !isName)
        edits.push({ start: token.start, end: token.end, text: `SF_${token.keyword}()` })
      if (token.keyword === 'INTERVAL' && next?.kind === 'string') prepareInterval(token, i)
      return
    }
    if (token.keyword === 'CAST' || token.keyword === 'TRY_CAST') {
      const as = lastAs(tokens, i + 1)
      if (as > 0) putType(as + 1)
      return
    }
    // `WHEN NOT MATCHED THEN INSERT (…)` is no call.
    if (!ours.has(token.keyword) || tokens[i - 1]?.keyword === 'THEN') return
    edits.push({ start: token.start, end: token.end, text: `SF_${token.keyword}` })
    const part = tokens[i + 2]
    if (DATE_PART_FIRST.has(token.keyword) && part?.kind === 'word' && tokens[i + 3]?.keyword === ',')
      edits.push({ start: part.start, end: part.end, text: `'${part.text}'` })
  }
}

function isObjectLiteral(tokens: readonly Token[], open: number): boolean {
  return tokens[open + 1]?.keyword === '}' || (tokens[open + 1]?.kind === 'string' && tokens[open + 2]?.keyword === ':')
}

/** `v:1` is no bind but a path where an operand stands before it. */
function isPath(tokens: readonly Token[], colon: number): boolean {
  const before = tokens[colon - 1]
  return before !== undefined && before.end === tokens[colon]?.start && /^[\w")\]]/.test(before.text.slice(-1))
}

function lastAs(tokens: readonly Token[], open: number): number {
  const close = closingBracket(tokens, open)
  let depth = 0
  for (let i = close; i > open; i--) {
    const symbol = tokens[i]?.keyword
    if (symbol === ')') depth++
    else if (symbol === '(') depth--
    else if (symbol === 'AS' && depth === 1) return i
  }
  return -1
}

/** The texts of the items of the outermost select list, from which unnamed columns take their names. */
export function selectItemTexts(sql: string): string[] {
  const tokens = tokenize(sql)
  let first = -1
  const items: string[] = []
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token
    if (first < 0) {
      if (token.keyword === '(' && i > 0) i = closingBracket(tokens, i)
      if (token.keyword === 'SELECT') {
        first = i + 1
        while (['DISTINCT', 'ALL'].includes(tokens[first]?.keyword ?? '')) first++
        if (tokens[first]?.keyword === 'TOP') first += 2
        i = first - 1
      }
      continue
    }
    if ('([{'.includes(token.keyword) && token.keyword !== '') i = closingBracket(tokens, i)
    const isOperator = token.keyword === 'WITHIN' || token.keyword === 'DISTINCT'
    const ends = i + 1 >= tokens.length || (!isOperator && END_OF_LIST.has(tokens[i + 1]?.keyword ?? ''))
    if (token.keyword === ',' || ends) {
      const last = tokens[token.keyword === ',' ? i - 1 : i]
      const start = tokens[first]
      if (start && last) items.push(sql.slice(start.start, last.end))
      first = i + 1
    }
    if (ends) break
  }
  return items
}

const END_OF_LIST = new Set([
  'FROM',
  'WHERE',
  'UNION',
  'EXCEPT',
  'MINUS',
  'INTERSECT',
  'ORDER',
  'LIMIT',
  'HAVING',
  ';',
  ')',
  'GROUP',
  'QUALIFY',
  'FETCH',
  'OFFSET',
  'INTO',
])
