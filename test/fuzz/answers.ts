/** HTTP answers as they lie in the bytes of a connection, and what each must be. */
export interface Envelope {
  readonly success: boolean
  readonly code: string | null
  readonly message: string | null
  readonly data: Readonly<Record<string, unknown>> | string | null
}

export interface Answer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
  /** Null where the body is no envelope. */
  readonly envelope: Envelope | null
}

/** The answers at the beginning of `bytes`, in order, and what lies behind the last whole one. */
export function readAnswers(
  bytes: Buffer,
  toHead: boolean,
): { readonly answers: readonly Answer[]; readonly rest: Buffer } {
  const answers: Answer[] = []
  let rest = bytes
  for (;;) {
    const headEnd = rest.indexOf('\r\n\r\n')
    if (headEnd === -1) return { answers, rest }
    const [statusLine = '', ...lines] = rest.subarray(0, headEnd).toString('latin1').split('\r\n')
    const status = Number(/^HTTP\/1\.1 (\d{3})(?: |$)/.exec(statusLine)?.[1])
    if (!Number.isInteger(status)) return { answers, rest }
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(':')
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
      }),
    )
    const bodyStart = headEnd + 4
    if (status < 200) {
      rest = rest.subarray(bodyStart)
      continue
    }
    const found = readBody(rest.subarray(bodyStart), headers, toHead)
    if (found === null) return { answers, rest }
    answers.push({ status, headers, body: found.body, envelope: readEnvelope(found.body) })
    rest = rest.subarray(bodyStart + found.length)
  }
}

/** Null while it has not come whole. */
function readBody(
  bytes: Buffer,
  headers: ReadonlyMap<string, string>,
  toHead: boolean,
): { readonly body: Buffer; readonly length: number } | null {
  if (toHead) return { body: Buffer.alloc(0), length: 0 }
  if (headers.get('transfer-encoding') === 'chunked') return readBlocks(bytes)
  const length = Number(headers.get('content-length') ?? 0)
  return bytes.length < length ? null : { body: bytes.subarray(0, length), length }
}

function readBlocks(bytes: Buffer): { readonly body: Buffer; readonly length: number } | null {
  const blocks: Buffer[] = []
  let at = 0
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd === -1) return null
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16)
    const end = lineEnd + 2 + size + 2
    if (bytes.length < end) return null
    if (size === 0) return { body: Buffer.concat(blocks), length: end }
    blocks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = end
  }
}

function readEnvelope(body: Buffer): Envelope | null {
  try {
    const read: unknown = JSON.parse(body.toString())
    return typeof read === 'object' && read !== null && 'success' in read ? (read as Envelope) : null
  } catch {
    return null
  }
}

/** Statuses that the door gives: answers of policy are 200, and drivers retry what is 5xx. */
const STATUSES = new Set([200, 400, 404, 408, 417, 431, 503])
const CHUNK_STATUSES = new Set([403, 404, 503])

/** Words of the inside, which no client has anything to do with. */
const INTERNAL =
  /\n\s+at |node:internal|node_modules|\.ts:\d|ICE_INTERNAL|TypeError|RangeError|SyntaxError|\[object |\bundefined\b|upstream-(?:token|master)-|storage-key/

/** What is wrong with an answer, whatever was asked; null where nothing is. */
export function faultOf(answer: Answer, needles: readonly string[]): string | null {
  const { status, headers, body, envelope } = answer
  const text = body.toString('latin1')
  const type = headers.get('content-type') ?? ''
  const internal = INTERNAL.exec(text)?.[0] ?? needles.find((needle) => text.includes(needle))
  if (internal !== undefined) return `it says ${JSON.stringify(internal.slice(0, 40))}`
  if (type === 'application/octet-stream') return status === 200 ? null : `a chunk with status ${status}`
  if (type.startsWith('text/plain') && CHUNK_STATUSES.has(status)) {
    return /^ICE_[A-Z_]+\n$/.test(text) ? null : 'its text is no code'
  }
  if (!type.startsWith('application/json')) return `it is of type ${JSON.stringify(type)}`
  if (!STATUSES.has(status)) return `its status is ${status}`
  if (body.length === 0) return null
  return envelope === null ? 'it is no envelope' : faultOfEnvelope(envelope)
}

function faultOfEnvelope(envelope: Envelope): string | null {
  const { success, code, message, data } = envelope
  if (typeof success !== 'boolean') return 'it does not say whether it succeeded'
  if (code !== null && !(typeof code === 'string' && /^\d{6}$/.test(code))) return 'its code is not six digits'
  if (message !== null && typeof message !== 'string') return 'its message is no text'
  if (!success && (code === null || message === null || message === '')) return 'it does not say why it failed'
  return data === undefined ? 'it has no data' : null
}
