/** From the text of a statement to what Icecore understands of it. */

import { append } from './append.ts'
import { sqlBodies, statementsOfBody } from './bodies.ts'
import { cancelsOwn } from './cancels-own.ts'
import { type Classified, scriptingBlock, unknownStatement } from './classified.ts'
import { classify } from './classify.ts'
import { type Lexed, lex } from './lexer.ts'
import { checkNesting, checkRaw } from './limits.ts'
import { type KnownVariables, literalOf, namesOf } from './names.ts'
import { TEXT_RUNNING_FUNCTIONS } from './never-functions.ts'
import { findNever, findNeverInBody } from './never-list.ts'
import { describeRefusal, Refusal } from './refusal.ts'
import { findResultReferences } from './result-references.ts'
import { literalSpan, shapeOf } from './shape.ts'
import { splitStatements } from './split.ts'
import { findTextSecrets, MAX_TEXTS } from './text-secrets.ts'
import { closingOf, isOperator, isText, isWord, type TextToken, type Token } from './token.ts'
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
  Use,
} from './types.ts'
import { findUses } from './uses.ts'

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
  readonly uses: readonly Use[]
  readonly stateChanges: readonly StateChange[]
  readonly resultReferences: readonly ResultReference[]
  readonly never: readonly NeverMatch[]
  readonly fileTransfer: boolean
}

const OWN_CANCEL: Understood = {
  kind: 'SELECT',
  effects: new Set(['session']),
  uses: [],
  stateChanges: [],
  resultReferences: [],
  never: [],
  fileTransfer: false,
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
    const ownCancel = this.#level === 0 && cancelsOwn(tokens, this.#options.ownSession)
    const understood = ownCancel ? OWN_CANCEL : this.#readChain(tokens, 0)
    this.#applyVariables(understood.stateChanges)
    return {
      kind: understood.kind,
      effects: [...understood.effects],
      uses: understood.uses,
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
    const understood = steps.map((step) => {
      const read = this.#readOne(step, depth)
      if (read.stateChanges.some(isForgetting)) this.#variables.clear()
      return read
    })
    const last = understood.at(-1)
    if (last === undefined) throw unknownStatement(tokens)
    if (steps.length === 1) return last
    // Each step was read with the variables and the context of before the chain: none may change them for a later one.
    const changing = understood.findIndex((step) => step.stateChanges.some((change) => !isForgetting(change)))
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
    const { uses, effects } = findUses(tokens, classified.kind, variables)
    const all = new Set([...classified.effects, ...effects])
    const changes = classified.stateChanges ?? []
    const own: Understood = {
      kind: classified.kind,
      effects: all,
      uses,
      stateChanges: all.has('call') ? [...changes, { change: 'forget_variables' }] : changes,
      resultReferences: findResultReferences(tokens, variables),
      never: findNever(tokens, classified, variables, this.#options.ownUser),
      fileTransfer: classified.fileTransfer ?? false,
    }
    return merge(own.kind, [own, ...this.#readInside(tokens, classified, depth)])
  }

  #readInside(tokens: readonly Token[], classified: Classified, depth: number): readonly Understood[] {
    const inside: Understood[] = []
    for (const text of this.#runTexts(tokens)) append(inside, this.#readText(text, true))
    if (classified.immediate !== undefined) append(inside, this.#readText(classified.immediate, false))
    for (const body of sqlBodies(tokens, classified.kind)) append(inside, this.#readBody(body))
    const { inner } = classified
    if (inner === undefined) return inside
    if (depth >= MAX_INNER)
      throw new Refusal('too_deep', 'statements hold statements too many times over', inner.tokens[0]?.start ?? 0)
    const understood = this.#readChain(inner.tokens, depth + 1)
    if (inner.role === 'explained') {
      if (!EXPLAINED.has(understood.kind)) throw unknownStatement(tokens, 1)
      inside.push({ ...understood, effects: new Set(), stateChanges: [] })
    } else inside.push(later(understood, inner.tokens[0]?.start ?? 0))
    return inside
  }

  /**
   * What a body in SQL does when it is run. Its variables have the values of then, which nobody knows yet. Each
   * statement is read like any other; what reads or writes rows is found by the names in the whole body.
   */
  #readBody(body: TextToken): readonly Understood[] {
    if (this.#level >= MAX_TEXTS) {
      throw new Refusal('too_deep', `texts run texts more than ${MAX_TEXTS} times over`, body.start)
    }
    const none: KnownVariables = new Map()
    try {
      const { tokens } = lex(body.text)
      checkNesting(tokens, this.#options.limits)
      // An anonymous procedure may be in any language, and stands where a query does.
      const anonymous = tokens.find((token, index) => isWord(token, 'PROCEDURE') && isWord(tokens[index - 1], 'AS'))
      if (anonymous !== undefined) throw scriptingBlock(anonymous)
      const reader = new Reader(body.text, { ...this.#options, variables: none }, this.#level + 1)
      const { uses, effects } = findUses(tokens, 'BODY', none)
      const whole: Understood = {
        kind: 'BODY',
        effects: new Set(effects),
        uses,
        stateChanges: [],
        resultReferences: [],
        never: findNeverInBody(tokens, none),
        fileTransfer: false,
      }
      const texts = reader.#runTexts(tokens).flatMap((text) => reader.#readText(text, true))
      const statements = statementsOfBody(tokens).map((statement) => reader.#readChain(statement, 0))
      return [whole, ...texts, ...statements].map((part) => later(part, body.start))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      throw new Refusal(error.code, `in the body: ${describeRefusal(body.text, error)}`, body.start)
    }
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
    for (const { parts, next } of namesOf(tokens, this.#variables)) {
      const runs = TEXT_RUNNING_FUNCTIONS.has(parts?.at(-1)?.toUpperCase() ?? '')
      if (runs && isOperator(tokens[next], '(')) texts.push(runText(tokens, next))
    }
    return texts
  }

  #applyVariables(changes: readonly StateChange[]): void {
    for (const change of changes) {
      if (isForgetting(change)) this.#variables.clear()
      else if (change.change === 'set_variable' && change.value !== null) this.#variables.set(change.name, change.value)
      else if (change.change === 'set_variable' || change.change === 'unset_variable')
        this.#variables.delete(change.name)
    }
  }
}

function isForgetting(change: StateChange): boolean {
  return change.change === 'forget_variables'
}

/** Changes that a statement which runs later would make to a session that nobody knows yet. */
const OF_SESSION: readonly StateChange['change'][] = [
  'use_role',
  'use_secondary_roles',
  'use_warehouse',
  'use_database',
  'use_schema',
  'set_parameter',
  'unset_parameter',
  'set_variable',
  'unset_variable',
]

/** The same statement, run later: it changes no session now, and may not change the one it will run in. */
function later(understood: Understood, offset: number): Understood {
  if (understood.stateChanges.some(({ change }) => OF_SESSION.includes(change))) {
    throw new Refusal(
      'deferred_state',
      'what runs later may not change the role, the context, the parameters or the variables of its session',
      offset,
    )
  }
  return { ...understood, stateChanges: [] }
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
    uses: unique(parts.flatMap((part) => part.uses)),
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
