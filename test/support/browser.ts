/** A headless Chromium, where the machine has one, spoken with over its own protocol (chromedevtools.github.io/devtools-protocol). */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Path of the browser; undefined where there is none. */
export const BROWSER = PLACES.find((path) => existsSync(path))

interface Answer {
  readonly id?: number
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly message: string }
}

export class BrowserPage implements AsyncDisposable {
  /** What the page complained of: exceptions, refusals by its policy, requests that failed. */
  readonly complaints: string[] = []
  /** Addresses that the page asked for. */
  readonly requests: string[] = []
  readonly #child: ChildProcess
  readonly #folder: string
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #last = 0

  private constructor(child: ChildProcess, folder: string, socket: WebSocket) {
    this.#child = child
    this.#folder = folder
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#take(JSON.parse(String(data)) as Answer))
  }

  static async open(url: string, scheme: 'light' | 'dark' = 'light'): Promise<BrowserPage> {
    const folder = await mkdtemp(join(tmpdir(), 'icecore-browser-'))
    const args = ['--headless', '--no-sandbox', '--disable-dev-shm-usage', '--remote-debugging-port=0']
    const child = spawn(
      BROWSER ?? '',
      [...args, `--user-data-dir=${folder}`, '--window-size=1280,800', 'about:blank'],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    const browser = await readAddress(child)
    const list = (await (await fetch(`http://${new URL(browser).host}/json/list`)).json()) as {
      type: string
      webSocketDebuggerUrl: string
    }[]
    const socket = new WebSocket(list.find(({ type }) => type === 'page')?.webSocketDebuggerUrl ?? '')
    await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }))
    const page = new BrowserPage(child, folder, socket)
    for (const domain of ['Runtime', 'Log', 'Network', 'Page']) await page.send(`${domain}.enable`)
    await page.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] })
    await page.send('Page.navigate', { url })
    await page.until('document.readyState === "complete"')
    return page
  }

  send(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    this.#last += 1
    const id = this.#last
    this.#socket.send(JSON.stringify({ id, method, params }))
    return new Promise((resolve, reject) =>
      this.#waiting.set(id, ({ result, error }) =>
        error === undefined ? resolve(result ?? {}) : reject(new Error(error.message)),
      ),
    )
  }

  async evaluate<T>(expression: string): Promise<T> {
    const { result } = await this.send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true })
    return (result as { value: T }).value
  }

  /** Waits in the page, picture by picture, until an expression is true there. */
  async until(expression: string): Promise<void> {
    const wait = `new Promise((done) => { const look = () => (${expression}) ? done() : requestAnimationFrame(look); look() })`
    await this.evaluate(wait)
  }

  /** Presses a key: its name, and the text it types. */
  async press(key: string, text = key.length === 1 ? key : undefined): Promise<void> {
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', key, ...(text === undefined ? {} : { text }) })
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', key })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close()
    this.#child.kill('SIGKILL')
    if (this.#child.exitCode === null) await once(this.#child, 'exit')
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }

  #take({ id, method, params, ...answer }: Answer): void {
    if (id !== undefined) this.#waiting.get(id)?.(answer)
    if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded')
      this.complaints.push(JSON.stringify(params))
    if (method === 'Network.requestWillBeSent') this.requests.push((params as { request: { url: string } }).request.url)
  }
}

async function readAddress(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error('no standard error')
  for await (const line of createInterface(child.stderr)) {
    const address = /^DevTools listening on (ws:\S+)/.exec(line)?.[1]
    if (address !== undefined) return address
  }
  throw new Error('the browser ended')
}
