/** One keep-alive connection to the door, on bare bytes: what is written need not be HTTP. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type Answer, readAnswers } from './answers.ts'
import type { Attack } from './attack.ts'

export type Exchange =
  | { readonly kind: 'answered'; readonly answers: readonly Answer[]; readonly rest: Buffer }
  /** Closed without an answer; `rest` is what came. */
  | { readonly kind: 'closed'; readonly rest: Buffer }
  | { readonly kind: 'hang' }
  /** The client itself went away. */
  | { readonly kind: 'left' }

/** Within it every request is answered, or its connection closed. */
const LIMIT_MS = 15_000
/** Nothing came for so long: a client that sent something broken has no more to say, and says so. */
const QUIET_MS = 100
/** Behind an answer to something broken a second one may come. */
const BEHIND_MS = 20

export class WireConnection {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #isClosed = false
  /** The other side has said that it will close. */
  #isLast = false
  #wake: () => void = () => undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (block: Buffer) => {
      this.#received = this.#received.length === 0 ? block : Buffer.concat([this.#received, block])
      this.#wake()
    })
    // A reset is a close like any other.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.#isClosed = true
      this.#wake()
    })
  }

  static async open(url: string): Promise<WireConnection> {
    const { hostname, port } = new URL(url)
    // Half-open: the other side's end must not take back what is still to be written.
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: false })
    await once(socket, 'connect')
    return new WireConnection(socket)
  }

  /** False once either side has ended it: the next request needs another. */
  get isOpen(): boolean {
    return !this.#isClosed && !this.#isLast && this.#socket.writable
  }

  async exchange({ bytes, isBroken, leaves, isHead }: Attack): Promise<Exchange> {
    this.#received = Buffer.alloc(0)
    this.#socket.write(bytes)
    if (leaves) {
      await new Promise<void>((resolve) => setImmediate(resolve))
      this.#socket.destroy()
      return { kind: 'left' }
    }
    const deadline = performance.now() + LIMIT_MS
    let ended = false
    for (;;) {
      const { answers, rest } = readAnswers(this.#received, isHead)
      const isDone = this.#isClosed || (!isBroken && answers.length > 0)
      this.#isLast = answers.some(({ headers }) => headers.get('connection') === 'close')
      if (isDone) return answers.length > 0 ? { kind: 'answered', answers, rest } : { kind: 'closed', rest }
      if (performance.now() > deadline) {
        this.#socket.destroy()
        return { kind: 'hang' }
      }
      const patience = isBroken && !ended ? (answers.length > 0 ? BEHIND_MS : QUIET_MS) : LIMIT_MS
      const came = await this.#within(Math.min(patience, deadline - performance.now() + 1))
      if (!came && isBroken && !ended) {
        ended = true
        this.#socket.end()
      }
    }
  }

  close(): void {
    this.#socket.destroy()
  }

  /** True when something came. */
  async #within(ms: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    this.#wake = () => resolve(true)
    const timer = setTimeout(() => resolve(false), ms)
    const came = await promise
    clearTimeout(timer)
    return came
  }
}
