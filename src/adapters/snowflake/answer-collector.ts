import type { Dispatcher } from 'undici'

/** An answer as it came, nothing unpacked. */
export interface CollectedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Uint8Array
}

export interface CollectorOptions {
  /** Largest body, as it comes. */
  readonly maxBytes: number
  /** What a larger one is refused with. */
  readonly tooLarge: () => Error
}

/**
 * Takes one answer whole: block by block, to a limit. A stream around each answer, and a signal around each stream,
 * cost more than all the rest of a small request.
 */
export class AnswerCollector implements Dispatcher.DispatchHandler {
  readonly #options: CollectorOptions
  readonly #answer = Promise.withResolvers<CollectedAnswer>()
  readonly #parts: Buffer[] = []
  #size = 0
  #status = 0
  #headers: CollectedAnswer['headers'] = {}
  #controller: Dispatcher.DispatchController | null = null
  #cancelled: Error | null = null

  constructor(options: CollectorOptions) {
    this.#options = options
  }

  get answer(): Promise<CollectedAnswer> {
    return this.#answer.promise
  }

  /** Rejects the answer at once; a request that still waits for a socket is not sent any more. */
  cancel(reason: Error): void {
    this.#cancelled ??= reason
    this.#answer.reject(reason)
    this.#controller?.abort(reason)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#cancelled !== null) controller.abort(this.#cancelled)
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // What comes before the answer (1xx) is none.
    if (status < 200) return
    this.#status = status
    this.#headers = headers
  }

  onResponseData(_controller: Dispatcher.DispatchController, block: Buffer): void {
    this.#size += block.length
    if (this.#size > this.#options.maxBytes) this.cancel(this.#options.tooLarge())
    else this.#parts.push(block)
  }

  onResponseEnd(): void {
    const [only, ...others] = this.#parts
    const body = only !== undefined && others.length === 0 ? only : Buffer.concat(this.#parts, this.#size)
    this.#answer.resolve({ status: this.#status, headers: this.#headers, body })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#answer.reject(error)
  }
}
