/** Scenes as texts to be shown: what an export holds of them, everything made safe. */
import {
  describeSession,
  describeStatement,
  isNumeric,
  type Scene,
  sampleRows,
  showCell,
  sqlTokens,
} from '../../core/recording/index.ts'
import { formatBytes, formatCount, formatDuration, formatTime } from '../../lib/format.ts'
import { safeLine, safeLines } from '../../lib/text/index.ts'

export type Tone = 'plain' | 'good' | 'bad' | 'held'

export interface ShownScene {
  /** Milliseconds into the session. */
  readonly at: number
  readonly time: string
  /** Number of the statement it belongs to, counted from 1; null for the session itself. */
  readonly statement: number | null
  readonly tone: Tone
  /** A word of ours, and a text beside it. */
  readonly word: string
  readonly beside: string
  /** SQL, line by line, each line in pieces: their kind, and their text. */
  readonly sql?: readonly (readonly (readonly [string, string])[])[]
  readonly facts?: readonly (readonly [string, string])[]
  readonly notes?: readonly string[]
  readonly message?: readonly string[]
  readonly table?: ShownTable
}

export interface ShownTable {
  readonly columns: readonly { readonly name: string; readonly right: boolean }[]
  readonly rows: readonly (readonly (string | null)[])[]
  /** Rows on record that are not here. */
  readonly more: number
}

const MAX_SQL_CHARACTERS = 100_000
const MAX_MESSAGE_CHARACTERS = 20_000
const MAX_CELL_CHARACTERS = 10_000
/** Statements whose number is remembered: those that still run, and those that ran last. */
const MAX_NUMBERS = 10_000

export class SceneShower {
  readonly #rows: number
  #statements = 0
  readonly #numbers = new Map<string, number>()
  readonly #shown = new Set<string>()

  /** `rows`: how many of a result are shown. */
  constructor(rows: number) {
    this.#rows = rows
  }

  /** Null for what is not shown: the further parts of a result. */
  async show(scene: Scene): Promise<ShownScene | null> {
    if (scene.scene === 'statement') this.#number(scene.statement ?? '')
    const shown = await this.#describe(scene)
    if (shown === null) return null
    const statement = scene.statement === null ? null : (this.#numbers.get(scene.statement) ?? null)
    return safe({ at: scene.offsetMs, time: formatTime(scene.at), statement, beside: '', ...shown })
  }

  #number(id: string): void {
    this.#statements += 1
    this.#numbers.set(id, this.#statements)
    if (this.#numbers.size > MAX_NUMBERS) this.#numbers.delete(this.#numbers.keys().next().value ?? id)
  }

  async #describe(scene: Scene): Promise<Omit<ShownScene, 'at' | 'time' | 'statement' | 'beside'> | null> {
    switch (scene.scene) {
      case 'log-in':
        return { tone: 'plain', word: 'log-in', facts: describeSession(scene.facts) }
      case 'statement':
        return { tone: 'plain', word: 'statement', sql: colour(scene.facts.sql), notes: describeStatement(scene.facts) }
      case 'hold':
        return { tone: 'held', word: 'held', message: scene.facts.reasons.flatMap(({ text }) => lines(text)) }
      case 'result':
        return scene.step === 'rows' ? this.#table(scene) : { tone: 'good', word: 'done', ...completed(scene.facts) }
      case 'denial':
        return { tone: 'bad', word: 'denied', ...beside(scene.icecore), message: lines(scene.text) }
      case 'error': {
        const word = scene.reason.replaceAll('_', ' ')
        return { tone: 'bad', word, ...beside(scene.failure?.code), message: lines(scene.text) }
      }
      case 'end':
        return { tone: 'plain', word: 'end', ...beside(scene.facts.reason) }
    }
  }

  async #table(scene: Extract<Scene, { readonly step: 'rows' }>) {
    const { facts, schema, head } = scene
    const delivered = facts.rows ?? 0
    if (delivered === 0 || this.#shown.has(facts.queryId)) return null
    this.#shown.add(facts.queryId)
    if (this.#shown.size > MAX_NUMBERS) this.#shown.delete(this.#shown.values().next().value ?? '')
    const total = schema?.total ?? delivered
    const sample = await sampleRows({ ...facts, format: schema?.format ?? 'json', body: head }, this.#rows)
    const columns = schema?.columns ?? (sample[0] ?? []).map((_, index) => ({ name: `#${index + 1}`, type: '' }))
    const table: ShownTable = {
      columns: columns.map(({ name, type }) => ({ name, right: isNumeric(type) })),
      rows: sample.map((row) =>
        columns.map(({ type }, index) => showCell(row[index]?.slice(0, MAX_CELL_CHARACTERS) ?? null, type)),
      ),
      more: Math.max(0, total - sample.length),
    }
    return { tone: 'plain', word: 'rows', table } as const
  }
}

function completed(facts: Extract<Scene, { readonly step: 'completed' }>['facts']) {
  const { rows, bytes, durationMs, queryId } = facts
  const parts = [
    ...(rows === null ? [] : [`${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}`]),
    ...(bytes === 0 ? [] : [formatBytes(bytes)]),
    formatDuration(durationMs),
    queryId,
  ]
  return beside(parts.join(' · '))
}

function beside(text: string | null | undefined): { readonly beside?: string } {
  return text === null || text === undefined ? {} : { beside: text }
}

function lines(text: string): readonly string[] {
  return safeLines(text.slice(0, MAX_MESSAGE_CHARACTERS))
}

function colour(sql: string): NonNullable<ShownScene['sql']> {
  const text = safeLines(sql.trim().slice(0, MAX_SQL_CHARACTERS)).join('\n')
  const all: (readonly [string, string])[][] = [[]]
  for (const { kind, text: token } of sqlTokens(text)) {
    for (const [index, piece] of token.split('\n').entries()) {
      if (index > 0) all.push([])
      const line = all.at(-1)!
      const last = line.at(-1)
      // Single characters that nothing colours are one piece.
      if (last?.[0] === kind && kind === 'other') line[line.length - 1] = [kind, last[1] + piece]
      else if (piece !== '') line.push([kind, piece])
    }
  }
  return all
}

/** The one place through which every text of an export goes. */
function safe<T>(value: T): T
function safe(value: unknown): unknown {
  if (typeof value === 'string') return safeLine(value)
  if (Array.isArray(value)) return value.map(safe)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, safe(item)]))
}
