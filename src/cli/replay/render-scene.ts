/** Scenes of a session as lines for a terminal. Every text of the record is made safe here. */
import type { EventFacts, Scene } from '../../core/recording/index.ts'
import { type Paint, renderTable, safeLine, safeLines, truncate, wrap } from '../../lib/text/index.ts'
import { formatBytes, formatCount, formatDuration, formatOffset } from '../format.ts'
import { layoutSql } from './layout-sql.ts'
import { sampleRows } from './row-sampler.ts'
import { showCell } from './show-cell.ts'

export interface SceneStyle {
  readonly width: number
  readonly paint: Paint
  /** Rows of a result that are shown. */
  readonly rows: number
}

const INDENT = '           '
/** What goes on with the line above is set in. */
const HANGING = '  '
const MAX_SQL_LINES = 40
const MAX_MESSAGE_LINES = 24
/** Longer messages are cut before they are measured. */
const MAX_MESSAGE_CHARACTERS = 8000

type RowsScene = Extract<Scene, { readonly step: 'rows' }>

/** Renders scene after scene: it counts statements and remembers which results have been shown. */
export class SceneRenderer {
  readonly #style: SceneStyle
  readonly #numbers = new Map<string, number>()
  readonly #shown = new Map<string, number>()

  constructor(style: SceneStyle) {
    this.#style = style
  }

  async render(scene: Scene): Promise<readonly string[]> {
    const { paint, width } = this.#style
    switch (scene.scene) {
      case 'log-in':
        return [this.#head(scene, 'log-in'), ...indent(describeSession(scene.facts, paint, width - INDENT.length))]
      case 'statement':
        return ['', this.#head(scene, this.#label(scene.statement)), ...this.#statement(scene.facts)]
      case 'hold':
        return [this.#head(scene, 'hold', 'yellow'), ...indent(scene.facts.reasons.map(({ text }) => this.#line(text)))]
      case 'result':
        return scene.step === 'rows'
          ? this.#rows(scene)
          : [this.#head(scene, 'done', 'green', this.#completed(scene.facts))]
      case 'denial':
        return [this.#head(scene, 'denied', 'red', scene.icecore ?? ''), ...this.#message(scene.text)]
      case 'error': {
        const word = scene.reason.replaceAll('_', ' ')
        return [this.#head(scene, word, 'red', scene.failure?.code ?? ''), ...this.#message(scene.text)]
      }
      case 'end':
        return [this.#head(scene, 'end', 'bold', scene.facts.reason)]
    }
  }

  /** `01:23.456  `, a word of ours and, cut to what is left of the line, a text from outside. */
  #head(scene: Scene, word: string, format: Parameters<Paint>[0] = 'bold', text = ''): string {
    const { paint, width } = this.#style
    const time = formatOffset(scene.offsetMs).padEnd(INDENT.length - 1)
    const rest = truncate(safeLine(text), width - time.length - word.length - 2)
    return `${paint('dim', time)} ${paint(format, word)}${rest === '' ? '' : ` ${rest}`}`
  }

  #label(statement: string | null): string {
    const id = statement ?? ''
    const number = this.#numbers.get(id) ?? this.#numbers.size + 1
    this.#numbers.set(id, number)
    return `statement ${number}`
  }

  #statement(facts: EventFacts['statement.received']): readonly string[] {
    const { paint, width } = this.#style
    const sql = layoutSql(facts.sql, { width: width - INDENT.length, maxLines: MAX_SQL_LINES, paint })
    const binds = Object.entries(facts.bindings).map(([name, { type, value }]) => {
      const text = Array.isArray(value) ? `${formatCount(value.length)} values` : ((value as string | null) ?? 'NULL')
      return paint('dim', this.#line(`bind ${name} ${type}: ${text}`))
    })
    const notes = [
      ...(facts.describeOnly ? ['described only, not run'] : []),
      ...(facts.asynchronous ? ['asynchronous'] : []),
      ...(facts.secretsCut > 0 ? [noteCut(facts)] : []),
    ].map((note) => paint('dim', note))
    return indent([...sql, ...binds.slice(0, 20), ...notes])
  }

  /** The first part with rows is a table; of the others only the size is told, since all were delivered alike. */
  async #rows(scene: RowsScene): Promise<readonly string[]> {
    const { facts, schema, bytes, head } = scene
    const { paint, width, rows: limit } = this.#style
    const rows = facts.rows ?? 0
    if (rows === 0) return []
    if (this.#shown.has(facts.queryId)) {
      const what = `chunk ${facts.index + 1}: ${count(rows, 'row')}, ${formatBytes(bytes)} ${facts.encoding}`
      return [this.#head(scene, what, 'dim')]
    }
    if (schema?.format === 'arrow') {
      this.#shown.set(facts.queryId, 0)
      return [this.#head(scene, `${count(rows, 'row')} in Arrow format`, 'dim')]
    }
    const sample = await sampleRows({ ...facts, body: head }, limit)
    this.#shown.set(facts.queryId, sample.length)
    const named = schema?.columns ?? []
    const columns =
      named.length > 0 ? named : (sample[0] ?? []).map((_, index) => ({ name: `#${index + 1}`, type: '' }))
    const table = renderTable(
      {
        columns: columns.map(({ name, type }) => ({ name, align: isNumeric(type) ? 'right' : 'left' })),
        rows: sample.map((row) => row.map((cell, index) => showCell(cell, columns[index]?.type ?? ''))),
      },
      { width: width - INDENT.length, head: (text) => paint('bold', text), dim: (text) => paint('dim', text) },
    )
    const left = (schema?.total ?? rows) - sample.length
    const more = left > 0 ? [paint('dim', `… ${formatCount(left)} more ${left === 1 ? 'row' : 'rows'}`)] : []
    return [this.#head(scene, 'rows'), ...indent([...table, ...more])]
  }

  #completed(facts: EventFacts['statement.completed']): string {
    const parts = [
      ...(facts.rows === null ? [] : [count(facts.rows, 'row')]),
      ...(facts.bytes === 0 ? [] : [formatBytes(facts.bytes)]),
      formatDuration(facts.durationMs),
      facts.queryId,
    ]
    return parts.join(' · ')
  }

  #message(text: string): readonly string[] {
    const head = text.slice(0, MAX_MESSAGE_CHARACTERS)
    const { width, paint } = this.#style
    const lines = safeLines(head).flatMap((line) => {
      const parts = wrap(line, width - INDENT.length, HANGING.length)
      const hung = parts.map((part, index) => (index === 0 ? part : `${HANGING}${part}`))
      // The last line of a denial is for programs.
      return line.startsWith('icecore:{') ? hung.map((part) => paint('dim', part)) : hung
    })
    const cut = lines.length > MAX_MESSAGE_LINES || head.length < text.length
    return indent([...lines.slice(0, MAX_MESSAGE_LINES), ...(cut ? [paint('dim', '…')] : [])])
  }

  #line(text: string): string {
    return truncate(safeLine(text), this.#style.width - INDENT.length)
  }
}

/** Who it was, with what, from where: the head of a session. */
export function describeSession(facts: EventFacts['session.opened'], paint: Paint, width: number): readonly string[] {
  const { principal, client, network, connection, context, accessRule, door, upstreamSession } = facts
  const proven = [
    principal.agent === null ? null : `agent ${principal.agent.agent ?? principal.agent.clientId ?? 'unregistered'}`,
    principal.human === null ? null : `human ${principal.human.person ?? principal.human.subject}`,
    principal.workload === null ? null : `workload ${principal.workload.subject}`,
  ].filter((part) => part !== null)
  const place = [context.database, context.schema].filter((part) => part !== null).join('.')
  const lines: readonly (readonly [string, string])[] = [
    ['principal', `${principal.displayName} (${[...proven, `by ${principal.token.issuerName}`].join(', ')})`],
    ['client', `${client.application} ${client.version} (as claimed) from ${network.address}, ${door} door`],
    [
      'connection',
      `${connection}, role ${context.role ?? 'none'}, warehouse ${context.warehouse ?? 'none'}${place && `, in ${place}`}`,
    ],
    ['allowed by', `access rule ${accessRule}`],
    ['upstream', `Snowflake session ${upstreamSession}`],
  ]
  return lines.flatMap(([name, text]) => {
    const label = name.padEnd(12)
    const pieces = wrap(safeLine(text.slice(0, MAX_MESSAGE_CHARACTERS)), Math.max(8, width - label.length))
    return pieces.map((piece, index) => `${index === 0 ? paint('dim', label) : ' '.repeat(label.length)}${piece}`)
  })
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `${INDENT}${line}`)
}

function noteCut({ sql, secretsCut }: EventFacts['statement.received']): string {
  const unread = /^\[unreadable:\w+\]$/.test(sql)
  return unread ? 'not kept: a text that cannot be read may hold secrets' : `${count(secretsCut, 'secret')} cut out`
}

function count(number: number, word: string): string {
  return `${formatCount(number)} ${word}${number === 1 ? '' : 's'}`
}

function isNumeric(type: string): boolean {
  return /^(fixed|real|number|float|int)/i.test(type)
}
