/** From the text of a statement to what Icecore understands of it. */

import { append } from './append.ts'
import { type Classified, unknownStatement } from './classified.ts'
import { classify } from './classify.ts'
import { type Lexed, lex } from './lexer.ts'
import { checkNesting, checkRaw } from './limits.ts'
import { isIdentifierCall, type KnownVariables, literalOf, readName } from './names.ts'
import { TEXT_RUNNING_FUNCTIONS } from './never-functions.ts'
import { findNever } from './never-list.ts'
import { describeRefusal, Refusal } from './refusal.ts'
import { findResultReferences } from './result-references.ts'
import { literalSpan, shapeOf } from './shape.ts'
import { splitStatements } from './split.ts'
import { findTextSecrets, MAX_TEXTS } from './text-secrets.ts'
import { closingOf, isName, isOperator, isText, isWord, type Token } from './token.ts'
import type {
  Analysis,
  AnalysisOptions,
  Effect,
  Name,
  NeverMatch,
  ResultReference,
  Span,
  StateChange,
  Statement,
  StatementRefusal,
} from './types.ts'

/** How deep statements may hold statements: CREATE TASK … AS CREATE TASK … AS …. */
const MAX_INNER = 4

/** Never throws. What is not understood is a refusal. */
export function analyseText(sqlText: string, options: AnalysisOptions): Analysis {
  return analyse(sqlText, options, 0)
}

function analyse(sqlText: string, options: AnalysisOptions, level: number): Analysis {
  let secrets: readonly Span[] | null = null
  try {
    checkRaw(sqlText, options.limits)
    const lexed = lex(sqlText)
    checkNesting(lexed.tokens, options.limits)
    const parts = splitStatements(lexed.tokens)
    secrets = findTextSecrets(sqlText, lexed)
    if (parts.length === 0) throw new Refusal('empty_statement', 'the text holds no statement', 0)
    if (parts.length > options.limits.maxStatements) {
      const excess = parts[options.limits.maxStatements]?.[0]
      throw new Refusal(
        'too_many_statements',
        `the text holds more than ${options.limits.maxStatements} statements`,
        excess?.start ?? 0,
      )
    }
    const reader = new Reader(sqlText, options, level)
    const statements = parts.map((tokens) => reader.read(tokens))
    return {
      ok: true,
      text: {
        statements,
        shape: statements.map((statement) => statement.shape).join('; '),
        literals: literalsOf(lexed),
        secrets,
      },
    }
  } catch (error) {
    if (!(error instanceof Refusal)) return { ok: false, refusal: unreadable(sqlText) }
    return { ok: false, refusal: { code: error.code, text: describeRefusal(sqlText, error), secrets } }
  }
}

/** For a fault of this reader itself: no text may bring down what reads it. What was found up to there is not trusted. */
function unreadable(sqlText: string): StatementRefusal {
  const refusal = new Refusal('unreadable', 'Icecore cannot read this text; send it in smaller parts', 0)
  return { code: refusal.code, text: describeRefusal(sqlText, refusal), secrets: null }
}

function literalsOf({ tokens }: Lexed): readonly Span[] {
  return tokens.map(literalSpan).filter((span) => span !== null)
}

interface Understood {
  readonly kind: string
  readonly effects: ReadonlySet<Effect>
  readonly stateChanges: readonly StateChange[]
  readonly resultReferences: readonly ResultReference[]
  readonly never: readonly NeverMatch[]
  readonly fileTransfer: boolean
}

/** Reads the statements of a text in order, each with the variables that those before it have set. */
class Reader {
  readonly #sql: string
  readonly #options: AnalysisOptions
  readonly #level: number
  readonly #variables: Map<Name, string>

  constructor(sqlText: string, options: AnalysisOptions, level: number) {
    this.#sql = sqlText
    this.#options = options
    this.#level = level
    this.#variables = new Map(options.variables)
  }

  read(tokens: readonly Token[]): Statement {
    const understood = this.#readChain(tokens, 0)
    this.#applyVariables(understood.stateChanges)
    return {
      kind: understood.kind,
      effects: [...understood.effects],
      span: { start: tokens[0]?.start ?? 0, end: tokens.at(-1)?.end ?? 0 },
      shape: shapeOf(this.#sql, tokens),
      stateChanges: understood.stateChanges,
      resultReferences: understood.resultReferences,
      never: understood.never,
      fileTransfer: understood.fileTransfer,
    }
  }

  /** `a ->> b ->> c`: each step a statement, the last one's result is the answer. */
  #readChain(tokens: readonly Token[], depth: number): Understood {
    const steps = splitChain(tokens)
    const understood = steps.map((step) => this.#readOne(step, depth))
    const last = understood.at(-1)
    if (last === undefined) throw unknownStatement(tokens)
    if (steps.length === 1) return last
    // Each step was read with the variables and the context of before the chain: none may change them for a later one.
    const changing = understood.findIndex((step) => step.stateChanges.length > 0)
    if (changing >= 0) {
      throw new Refusal(
        'flow_state',
        'a step of a ->> chain changes the state of the session; send it as a statement of its own',
        (steps[changing]?.[0] ?? tokens[0])?.start ?? 0,
      )
    }
    return merge(last.kind, understood)
  }

  #readOne(tokens: readonly Token[], depth: number): Understood {
    const variables: KnownVariables = this.#variables
    const classified = classify(tokens, variables)
    const own: Understood = {
      kind: classified.kind,
      effects: new Set(classified.effects),
      stateChanges: classified.stateChanges ?? [],
      resultReferences: findResultReferences(tokens, variables),
      never: findNever(tokens, classified, variables, this.#options),
      fileTransfer: classified.fileTransfer ?? false,
    }
    return merge(own.kind, [own, ...this.#readInside(tokens, classified, depth)])
  }

  #readInside(tokens: readonly Token[], classified: Classified, depth: number): readonly Understood[] {
    const inside: Understood[] = []
    for (const text of this.#runTexts(tokens)) append(inside, this.#readText(text, true))
    if (classified.immediate !== undefined) append(inside, this.#readText(classified.immediate, false))
    const { inner } = classified
    if (inner === undefined) return inside
    if (depth >= MAX_INNER)
      throw new Refusal('too_deep', 'statements hold statements too many times over', inner.tokens[0]?.start ?? 0)
    const understood = this.#readChain(inner.tokens, depth + 1)
    if (inner.role === 'explained') {
      if (!EXPLAINED.has(understood.kind)) throw unknownStatement(tokens, 1)
      inside.push({ ...understood, effects: new Set(), stateChanges: [] })
    } else inside.push({ ...understood, stateChanges: [] })
    return inside
  }

  /** What a constant text does, as if it stood here. */
  #readText(token: Token, queriesOnly: boolean): readonly Understood[] {
    if (this.#level >= MAX_TEXTS) {
      throw new Refusal('too_deep', `texts run texts more than ${MAX_TEXTS} times over`, token.start)
    }
    const { value } = literalOf(this.#sql, token)
    const options = { ...this.#options, variables: this.#variables }
    const analysis = analyse(value, options, this.#level + 1)
    if (!analysis.ok) {
      throw new Refusal(analysis.refusal.code, `in the text that is run: ${analysis.refusal.text}`, token.start)
    }
    const { statements } = analysis.text
    if (queriesOnly && statements.some((statement) => statement.kind !== 'SELECT')) {
      throw new Refusal('dynamic_sql', 'only a query may stand in this text', token.start)
    }
    return statements.map((statement) => ({ ...statement, effects: new Set(statement.effects) }))
  }

  /** The texts given to TO_QUERY and SYSTEM$QUERY_REFERENCE. */
  #runTexts(tokens: readonly Token[]): readonly Token[] {
    const texts: Token[] = []
    let index = 0
    while (index < tokens.length) {
      const name = isName(tokens[index]) ? readName(tokens, index, this.#variables) : null
      if (name === null) {
        index += 1
        continue
      }
      const runs = TEXT_RUNNING_FUNCTIONS.has(name.parts?.at(-1)?.toUpperCase() ?? '')
      if (runs && isOperator(tokens[name.next], '(')) texts.push(runText(tokens, name.next))
      index = isIdentifierCall(tokens, index) ? name.next : Math.max(name.next, index + 1)
    }
    return texts
  }

  #applyVariables(changes: readonly StateChange[]): void {
    for (const change of changes) {
      if (change.change === 'set_variable' && change.value !== null) this.#variables.set(change.name, change.value)
      else if (change.change === 'set_variable' || change.change === 'unset_variable')
        this.#variables.delete(change.name)
    }
  }
}

/** Kinds that EXPLAIN compiles and does not run. */
const EXPLAINED = new Set([
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'MERGE',
  'CREATE_TABLE_AS',
  'CREATE_VIEW',
  'COPY_INTO_TABLE',
])

function runText(tokens: readonly Token[], open: number): Token {
  const named = isWord(tokens[open + 1], 'SQL') && isOperator(tokens[open + 2], '=>')
  const text = tokens[named ? open + 3 : open + 1]
  const next = tokens[named ? open + 4 : open + 2]
  const ends = isOperator(next, ',') || next === tokens[closingOf(tokens, open)]
  if (isText(text) && ends) return text
  throw new Refusal(
    'dynamic_sql',
    'a text that is run as SQL must be one constant; write the statement itself',
    (text ?? tokens[open])?.start ?? 0,
  )
}

function splitChain(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const steps: Token[][] = [[]]
  for (const token of tokens) {
    if (isOperator(token, '->>')) steps.push([])
    else steps.at(-1)?.push(token)
  }
  return steps
}

function merge(kind: string, parts: readonly Understood[]): Understood {
  return {
    kind,
    effects: new Set(parts.flatMap((part) => [...part.effects])),
    stateChanges: parts.flatMap((part) => part.stateChanges),
    // What stands in an inner statement was found in the outer one, too.
    resultReferences: unique(parts.flatMap((part) => part.resultReferences)),
    never: unique(parts.flatMap((part) => part.never)),
    fileTransfer: parts.some((part) => part.fileTransfer),
  }
}

function unique<T>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()]
}
