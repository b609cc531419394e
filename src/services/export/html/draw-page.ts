/**
 * Scenes as elements. These functions run in a browser: their source is put into the page as it stands, so that they see each
 * other, and nothing else of this module. Texts become text nodes, never markup.
 */
import type { ShownScene, ShownTable } from '../shown-scene.ts'
import type { PageDocument, PageElement } from './dom.ts'

/** An element with a class and with what is in it. */
export function make(
  document: PageDocument,
  name: string,
  className: string,
  ...children: readonly (PageElement | string)[]
): PageElement {
  const element = document.createElement(name)
  if (className !== '') element.className = className
  element.append(...children)
  return element
}

export function drawScene(document: PageDocument, scene: ShownScene): PageElement {
  const parts: PageElement[] = []
  if (scene.word !== 'statement' && scene.word !== 'rows') {
    parts.push(
      make(
        document,
        'p',
        'outcome',
        make(document, 'span', `badge ${scene.tone}`, scene.word),
        make(document, 'span', 'beside', scene.beside),
      ),
    )
  } else if (scene.beside !== '') {
    parts.push(make(document, 'p', 'beside', scene.beside))
  }
  if (scene.sql !== undefined) {
    const lines = scene.sql.flatMap((line, at) => [
      ...(at === 0 ? [] : ['\n']),
      ...line.map(([kind, text]) => (kind === 'other' ? text : make(document, 'span', `sql-${kind}`, text))),
    ])
    const pre = make(document, 'pre', 'sql', ...lines)
    pre.setAttribute('tabindex', '0')
    parts.push(pre)
  }
  if (scene.facts !== undefined) {
    const facts = scene.facts.flatMap(([label, text]) => [
      make(document, 'dt', '', label),
      make(document, 'dd', '', text),
    ])
    parts.push(make(document, 'dl', 'facts', ...facts))
  }
  for (const note of scene.notes ?? []) parts.push(make(document, 'p', 'note', note))
  if (scene.message !== undefined) {
    const lines = scene.message.map((line) =>
      make(document, 'div', line.startsWith('icecore:{') ? 'line machine' : 'line', line),
    )
    parts.push(make(document, 'div', `message ${scene.tone}`, ...lines))
  }
  if (scene.table !== undefined) parts.push(drawTable(document, scene.table))
  return make(document, 'section', 'scene', ...parts)
}

export function drawTable(document: PageDocument, table: ShownTable): PageElement {
  const heads = table.columns.map(({ name, right }) => {
    const head = make(document, 'th', right ? 'right' : '', name)
    head.setAttribute('scope', 'col')
    return head
  })
  const rows = table.rows.map((row) =>
    make(
      document,
      'tr',
      '',
      ...row.map((cell, at) => {
        const right = table.columns[at]?.right === true ? 'right' : ''
        return cell === null ? make(document, 'td', `null ${right}`, 'NULL') : make(document, 'td', right, cell)
      }),
    ),
  )
  const grid = make(
    document,
    'table',
    '',
    make(document, 'thead', '', make(document, 'tr', '', ...heads)),
    make(document, 'tbody', '', ...rows),
  )
  const frame = make(document, 'div', 'frame', grid)
  frame.setAttribute('tabindex', '0')
  frame.setAttribute('role', 'region')
  frame.setAttribute('aria-label', 'Rows of the result')
  const more = table.more === 1 ? '1 more row on record' : `${table.more.toLocaleString('en')} more rows on record`
  return make(document, 'div', 'result', frame, ...(table.more > 0 ? [make(document, 'p', 'note', `… ${more}`)] : []))
}

/** All texts of a scene, to be searched. */
export function textOf(scene: ShownScene): string {
  return [
    scene.beside,
    ...(scene.sql ?? []).map((line) => line.map(([, text]) => text).join('')),
    ...(scene.facts ?? []).map(([, text]) => text),
    ...(scene.notes ?? []),
    ...(scene.message ?? []),
    ...(scene.table?.columns ?? []).map(({ name }) => name),
    ...(scene.table?.rows ?? []).flat().map((cell) => cell ?? ''),
  ].join('\n')
}
