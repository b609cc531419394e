/** A film as one file: the scenes as data, and a page that plays them, from a disk and without a network. */
import { createHash } from 'node:crypto'
import { formatCount, formatDuration, formatOffset } from '../../../lib/format.ts'
import { safeLine } from '../../../lib/text/index.ts'
import type { ShownScene } from '../shown-scene.ts'
import { drawScene, drawTable, make, textOf } from './draw-page.ts'
import { MARKUP } from './markup.ts'
import { runPage } from './run-page.ts'
import { STYLE } from './style.ts'

export interface HtmlOptions {
  readonly title: string
  /** Longest pause that is played, in recorded milliseconds. */
  readonly idleMs: number
}

/** Functions that call each other by their names, in a scope of their own. */
const SCRIPT = `(() => {
'use strict'
${[formatCount, formatDuration, formatOffset, make, drawTable, drawScene, textOf, runPage].map(String).join('\n')}
const data = document.getElementById('film').textContent
const film = JSON.parse(data)
document.getElementById('who').textContent = document.title
runPage(document, window, film)
})()
`

/**
 * Nothing is loaded, sent or framed, and no script and no style runs but the two in this file. Were a text of the record
 * taken for markup all the same, it could do nothing.
 */
function policy(): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  return [
    "default-src 'none'",
    `script-src ${hash(SCRIPT)}`,
    `style-src ${hash(STYLE)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

export async function* encodeHtml(
  { title, idleMs }: HtmlOptions,
  scenes: AsyncIterable<ShownScene>,
): AsyncGenerator<string> {
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(safeLine(title))}</title>
<style>${STYLE}</style>
</head>
<body>
${MARKUP}
<script type="application/json" id="film">{"idleMs":${idleMs},"scenes":[
`
  let first = true
  for await (const scene of scenes) {
    yield `${first ? '' : ',\n'}${encodeData(scene)}`
    first = false
  }
  yield `
]}</script>
<script>${SCRIPT}</script>
</body>
</html>
`
}

/** JSON in which nothing can end the element it stands in, or begin another. */
function encodeData(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)
}

function escapeMarkup(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
