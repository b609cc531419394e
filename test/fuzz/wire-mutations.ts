/** What can be wrong with HTTP itself: nobody can be sure any more where the request ends. */
import type { Mutation } from './attack.ts'
import { encodeRequest, type HttpRequest } from './http-request.ts'
import type { Random } from './random.ts'

function ofBytes(name: string, edit: (bytes: Buffer, random: Random, request: HttpRequest) => Buffer): Mutation {
  return { name: `wire: ${name}`, apply: (request, random) => edit(encodeRequest(request), random, request) }
}

function ofHead(name: string, edit: (head: string, random: Random) => string): Mutation {
  return ofBytes(name, (bytes, random) => {
    const end = bytes.indexOf('\r\n\r\n')
    const head = edit(bytes.subarray(0, end).toString('latin1'), random)
    return Buffer.concat([Buffer.from(head, 'latin1'), bytes.subarray(end)])
  })
}

/** Puts a header line of its own behind the first line. */
function withLine(head: string, line: string): string {
  return head.replace('\r\n', `\r\n${line}\r\n`)
}

const ODD_LINES = [
  'content-length: 0',
  'content-length: -1',
  'content-length: 99999999999999999999',
  'content-length: 5, 5',
  'content-length: 0x10',
  'content-length: +3',
  'content-length : 3',
  'transfer-encoding: chunked',
  'transfer-encoding: xchunked',
  'transfer-encoding: chunked, identity',
  'transfer-encoding: \x0bchunked',
  'host: other',
  'host: a b',
  'x y: z',
  ': empty',
  'no colon',
  ' folded: x',
  'x: \0',
  'x: \x7f',
  'x\0y: z',
  `x: ${'y'.repeat(20_000)}`,
  'x: y\rz: w',
  'x: y\nz: w',
] as const

const VERSIONS = [
  '',
  'HTTP/0.9',
  'HTTP/1.2',
  'HTTP/2.0',
  'HTTP/9.9',
  'HTTP/1.1.1',
  'http/1.1',
  'HTTP/1.1 x',
  'HTTPS/1.1',
  'ICE/1.0',
] as const

export const WIRE_MUTATIONS: readonly Mutation[] = [
  ofBytes('cut off', (bytes, random) => bytes.subarray(0, random.below(bytes.length))),
  ofBytes('bits changed in the head', (bytes, random) => {
    const copy = Buffer.from(bytes)
    const head = copy.indexOf('\r\n\r\n')
    for (let times = 0; times < 3; times += 1) {
      const at = random.below(head)
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8))
    }
    return copy
  }),
  ofBytes('bytes put in', (bytes, random) => {
    const at = random.below(bytes.length)
    return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(16)), bytes.subarray(at)])
  }),
  ofBytes('bytes taken out', (bytes, random) => {
    const at = random.below(bytes.length)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(16))])
  }),
  ofBytes('bytes twice', (bytes, random) => {
    const at = random.below(bytes.length)
    const end = at + random.below(64)
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)])
  }),
  ofBytes('random bytes', (_, random) => random.bytes(1 + random.below(400))),
  ofBytes('a TLS handshake', (_, random) =>
    Buffer.concat([Buffer.from('16030100c8010000c40303', 'hex'), random.bytes(190)]),
  ),
  ofBytes('HTTP/2', () => Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')),
  ofBytes('a tunnel', (_, random) =>
    Buffer.from(`CONNECT account.example:${random.below(70_000)} HTTP/1.1\r\nhost: x\r\n\r\n`),
  ),
  ofBytes('two requests at once', (bytes, _random, request) =>
    Buffer.concat([bytes, encodeRequest({ ...request, path: '/x' })]),
  ),
  ofBytes('line feeds alone', (_, _random, request) => encodeRequest(request, '\n')),
  ofBytes('carriage returns alone', (_, _random, request) => encodeRequest(request, '\r')),
  ofBytes('no host', (_, _random, request) =>
    encodeRequest({ ...request, headers: request.headers.filter(([name]) => name !== 'host') }),
  ),
  ofBytes('version', (_, random, request) => encodeRequest({ ...request, version: random.pick(VERSIONS) })),
  ofBytes('a method nobody knows', (_, random, request) =>
    encodeRequest({ ...request, method: random.pick(['BREW', 'post', '', 'PO ST', 'G\0T', 'x'.repeat(300)]) }),
  ),
  ofBytes('a body in blocks', (_, random, request) => encodeRequest(inBlocks(request, random, false))),
  ofBytes('a body in broken blocks', (_, random, request) => encodeRequest(inBlocks(request, random, true))),
  ofBytes('a length too short', (_, random, request) =>
    encodeRequest(withLength(request, random.below(request.body?.length ?? 1))),
  ),
  ofBytes('a length too long', (_, random, request) =>
    encodeRequest(withLength(request, (request.body?.length ?? 0) + 1 + random.below(1_000_000))),
  ),
  ofHead('a line put in', (head, random) => withLine(head, random.pick(ODD_LINES))),
  ofHead('a head that is too large', (head) =>
    withLine(head, Array.from({ length: 60 }, (_, index) => `x${index}: ${'y'.repeat(400)}`).join('\r\n')),
  ),
]

function withLength(request: HttpRequest, length: number): HttpRequest {
  return { ...request, headers: [...request.headers, ['content-length', String(length)]] }
}

function inBlocks(request: HttpRequest, random: Random, broken: boolean): HttpRequest {
  const body = request.body ?? Buffer.alloc(0)
  const cut = random.below(body.length + 1)
  const blocks = [body.subarray(0, cut), body.subarray(cut)].filter(({ length }) => length > 0)
  const size = (length: number): string => {
    if (!broken) return length.toString(16)
    return random.pick([
      'zz',
      '-1',
      `${length.toString(16)};x=${'y'.repeat(30_000)}`,
      'ffffffffffffffffff',
      (length + 3).toString(16),
      '',
    ])
  }
  const pieces = blocks.flatMap((block) => [Buffer.from(`${size(block.length)}\r\n`), block, Buffer.from('\r\n')])
  const end = broken && random.chance(0.3) ? '0\r\nx: \0\r\n\r\n' : '0\r\n\r\n'
  return {
    ...request,
    headers: [...request.headers, ['transfer-encoding', 'chunked']],
    body: Buffer.concat([...pieces, Buffer.from(end)]),
  }
}
