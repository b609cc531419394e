/** Exports, as those read them who play them; and that nothing of the record acts in them. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { BROWSER, BrowserPage } from '../../../test/support/browser.ts'
import { sessionEvents } from '../../../test/support/recording/sample-session.ts'
import { statementEvents } from '../../../test/support/recording/statement-events.ts'
import { type EventInput, type StoredEvent, scenes } from '../../core/recording/index.ts'
import { type CastFrame, encodeAsciicast, encodeHtml, SceneShower, type ShownScene } from './index.ts'

/** What a terminal acts on, or an eye does not see. */
const DANGEROUS = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
/** Ends a script and begins another, an image that calls, an escape, reordered and hidden text. */
const HOSTILE =
  '</script><script>window.owned=1</script><img src=x onerror=owned=2>"\'&\u001b]0;owned\u0007\u202e\u200b<!--'

const [opened] = sessionEvents('s')
const ended = sessionEvents('s').at(-1)!

function stored(events: readonly EventInput[]): StoredEvent[] {
  return events.map((event, index) => ({
    ...event,
    lsn: index + 1,
    at: 1_700_000_000_000 + index * 1000,
    monotonic: index * 1000,
  }))
}

const FILM = stored([
  opened!,
  ...statementEvents('s', 1, {
    sql: `SELECT 'a' AS A -- ${HOSTILE}\nFROM T`,
    columns: [[HOSTILE, 'text']],
    rows: [[HOSTILE], [null], ['third']],
  }),
  ...statementEvents('s', 2, { outcome: 'denied', message: `no ${HOSTILE}\nicecore:{"code":1}` }),
  ...statementEvents('s', 3, { outcome: 'failed', message: 'no column PRIZE' }),
  ended,
])

async function* shown(rows = 2): AsyncGenerator<ShownScene> {
  const shower = new SceneShower(rows)
  for await (const scene of scenes(FILM)) {
    const one = await shower.show(scene)
    if (one !== null) yield one
  }
}

async function collect(pieces: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}

describe('an asciicast', () => {
  it('is a header and events of version 3, with markers, and pauses cut short', async () => {
    async function* frames(): AsyncGenerator<CastFrame> {
      yield { offsetMs: 0, lines: ['log-in'], marker: null }
      yield { offsetMs: 1500, lines: ['one', 'two'], marker: 'statement 1' }
      yield { offsetMs: 900_000, lines: ['end'], marker: null }
    }
    const options = { columns: 80, rows: 30, title: 'Ann', startedAt: 1_700_000_000_999, idleMs: 2000 }
    const text = await collect(encodeAsciicast(options, frames()))
    assert.deepEqual(
      text
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
      [
        { version: 3, term: { cols: 80, rows: 30 }, timestamp: 1_700_000_000, title: 'Ann' },
        [0, 'o', 'log-in\r\n'],
        [1.5, 'm', 'statement 1'],
        [0, 'o', 'one\r\ntwo\r\n'],
        [2, 'o', 'end\r\n'],
        [0, 'x', '0'],
      ],
    )
  })
})

describe('a page', () => {
  let html: string
  before(async () => {
    html = await collect(encodeHtml({ title: `Ann ${HOSTILE}`, idleMs: 2000 }, shown()))
  })

  it('holds no text of the record in a form that acts', () => {
    assert.doesNotMatch(html, DANGEROUS)
    assert.equal(html.match(/<script/g)?.length, 2)
    assert.equal(html.match(/<\/script/g)?.length, 2)
    assert.doesNotMatch(html, /<img|<!--/)
    assert.ok(html.includes('\\\\u{202e}'), 'what stood there can be seen')
  })

  it('lets nothing run or load but its own script and style', () => {
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? ''
    const [style, script] = [/<style>([\s\S]*?)<\/style>/, /<script>([\s\S]*?)<\/script>/].map((pattern) =>
      createHash('sha256')
        .update(pattern.exec(html)?.[1] ?? '')
        .digest('base64'),
    )
    assert.equal(
      policy,
      `default-src 'none'; script-src 'sha256-${script}'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'`,
    )
    assert.doesNotMatch(html, /https?:|\bsrc=(?!x)|<link/)
  })

  it('counts the rows that are not in it', () => {
    assert.ok(html.includes('"more":1'))
    assert.ok(!html.includes('third'))
  })

  describe('in a browser', { skip: BROWSER === undefined && 'no Chromium on this machine' }, () => {
    let folder: string
    let page: BrowserPage
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'icecore-page-'))
      const file = join(folder, 'film.html')
      await writeFile(file, html)
      page = await BrowserPage.open(pathToFileURL(file).href)
    })
    after(async () => {
      await page[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    })

    const stage = (): Promise<string> => page.evaluate('document.getElementById("stage").innerText')

    it('shows the log-in first, and asks for nothing else', async () => {
      assert.match(await stage(), /principal\s+Ann/)
      assert.deepEqual(page.complaints, [])
      assert.deepEqual(
        page.requests.filter((url) => !url.startsWith('file:')),
        [],
      )
      assert.equal(page.requests.length, 1)
    })

    it('is gone through with keys', async () => {
      await page.press('n')
      assert.match(await stage(), /Statement 1[\s\S]*SELECT 'a' AS A[\s\S]*running/)
      await page.press('ArrowRight')
      await page.press('n')
      assert.match(await stage(), /DONE|done/)
      assert.match(await stage(), /NULL/)
      assert.match(await stage(), /1 more row on record/)
      await page.press('e')
      assert.match(await stage(), /ICE_STATEMENT_REFUSED/)
      await page.press('e')
      assert.match(await stage(), /no column PRIZE/)
      await page.press('p')
      assert.match(await stage(), /Statement 3[\s\S]*running/)
      await page.press('End')
      assert.match(await stage(), /logout/)
      await page.press('Home')
      assert.match(await stage(), /principal/)
    })

    it('finds a text, and goes to a statement and to a time', async () => {
      await page.press('/')
      for (const key of 'prize') await page.press(key)
      await page.press('Enter', '\r')
      await page.press('Escape')
      assert.match(await stage(), /no column PRIZE/)
      await page.press('g')
      await page.press('2')
      await page.press('Enter', '\r')
      await page.press('Escape')
      assert.match(await stage(), /Statement 2/)
    })

    it('plays by itself, faster when told to', async () => {
      await page.press('Home')
      for (let press = 0; press < 5; press += 1) await page.press('+')
      assert.equal(await page.evaluate('document.getElementById("speed").value'), '16')
      await page.press(' ')
      await page.until('document.getElementById("stage").innerText.includes("logout")')
    })

    it('has one stop for Tab in its list, from which arrows go on', async () => {
      await using fresh = await BrowserPage.open(pathToFileURL(join(folder, 'film.html')).href)
      const focused = (property: string): Promise<string> => fresh.evaluate(`document.activeElement.${property}`)
      await fresh.evaluate('document.getElementById("jump").focus()')
      await fresh.press('Tab')
      assert.match(await focused('className'), /^card/)
      await fresh.press('ArrowDown')
      assert.match(await focused('innerText'), /SELECT 'a' AS A/)
      await fresh.press('Enter', '\r')
      assert.match(await fresh.evaluate('document.getElementById("stage").innerText'), /Statement 1/)
      await fresh.press('Tab')
      assert.doesNotMatch(await focused('className'), /^card/)
    })

    it('opens a scene at what happened last, below a statement that fills the window', async () => {
      const sql = Array.from({ length: 60 }, (_, at): [string, string][] => [['other', `LINE ${at}`]])
      const scene = (word: string, more: object): ShownScene =>
        ({ at: 0, time: '', statement: 1, tone: 'plain', word, beside: '', ...more }) as ShownScene
      async function* tall(): AsyncGenerator<ShownScene> {
        yield scene('statement', { sql })
        yield scene('denied', { tone: 'bad', message: ['never that'] })
      }
      const file = join(folder, 'tall.html')
      await writeFile(file, await collect(encodeHtml({ title: 'tall', idleMs: 2000 }, tall())))
      await using small = await BrowserPage.open(pathToFileURL(file).href)
      await small.send('Emulation.setDeviceMetricsOverride', {
        width: 400,
        height: 640,
        deviceScaleFactor: 1,
        mobile: false,
      })
      const seen = (query: string): Promise<boolean> =>
        small.evaluate(
          `(() => { const [a, b] = ['#stage', '${query}'].map((one) => document.querySelector(one).getBoundingClientRect()); return b.top >= a.top - 1 && b.bottom <= a.bottom + 1 })()`,
        )
      assert.deepEqual([await seen('.title'), await seen('#stage .scene:last-child .badge, .running')], [true, false])
      await small.press('n')
      assert.equal(await seen('.message'), true)
      await small.press('p')
      assert.equal(await seen('.title'), true)
    })

    it('explains its keys', async () => {
      await page.press('?')
      assert.equal(await page.evaluate('document.getElementById("help").open'), true)
      await page.press('Escape')
    })

    it('was owned by nobody', async () => {
      assert.equal(await page.evaluate('typeof window.owned'), 'undefined')
      assert.deepEqual(page.complaints, [])
    })
  })
})
