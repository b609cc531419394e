/** What can be wrong with a body: its JSON, its text, its packing. */
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Mutation } from './attack.ts'
import { type HttpRequest, isPacked } from './http-request.ts'
import type { Random } from './random.ts'

type Edit = (text: Buffer, random: Random) => Buffer | string

/** Changes the text of a body; a packed one is packed again. */
function ofText(name: string, edit: Edit): Mutation {
  return {
    name: `body: ${name}`,
    fits: ({ body }) => body !== null,
    apply: (request, random) => {
      const packed = isPacked(request)
      const text = packed ? gunzipSync(request.body ?? '') : (request.body ?? Buffer.alloc(0))
      const edited = Buffer.from(edit(text, random))
      return { ...request, body: packed ? gzipSync(edited) : edited }
    },
  }
}

/** Changes the bytes of a body as they are sent. */
function ofBytes(name: string, edit: (body: Buffer, random: Random) => Buffer, encoding?: string): Mutation {
  return {
    name: `body: ${name}`,
    fits: ({ body }) => body !== null,
    apply: (request, random) => ({
      ...request,
      headers: encoding === undefined ? request.headers : [...withoutEncoding(request), ['content-encoding', encoding]],
      body: edit(request.body ?? Buffer.alloc(0), random),
    }),
  }
}

function withoutEncoding({ headers }: HttpRequest): HttpRequest['headers'] {
  return headers.filter(([name]) => name !== 'content-encoding')
}

/** Sixteen megabytes in sixteen kilobytes. */
const BOMB = gzipSync(Buffer.alloc(16 * 1024 * 1024, 0x20), { level: 9 })

/** Values that readers of JSON have stumbled over. */
const ODD_VALUES = [
  '1e999',
  '-0',
  '9007199254740993',
  `${'9'.repeat(400)}`,
  '0.1e-400',
  'NaN',
  '01',
  '""',
  '"\\ud800"',
  '"\\u0000"',
  '"\\x41"',
  '"a\nb"',
  '[]',
  '{}',
  'null',
  'true',
  '{"__proto__":{"success":true}}',
  '"__proto__"',
  `"${'x'.repeat(100_000)}"`,
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  `${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`,
  `[${'0,'.repeat(20_000)}0]`,
] as const

const ODD_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'sqltext',
  'SQLTEXT',
  'sqlText\\u0000',
  '\\u0073qlText',
  'sqlText',
  'dataframeAst',
  'bindStage',
  'data',
  'describeOnly',
  'x'.repeat(10_000),
  '',
] as const

/** A place right behind a `{`, or null. */
function openingOf(text: Buffer, random: Random): number | null {
  const places = [...text.toString('latin1').matchAll(/\{/g)].map(({ index }) => index + 1)
  return places.length === 0 ? null : random.pick(places)
}

/** Values: what stands between a colon and the next comma or bracket. */
function valuesOf(text: Buffer): readonly { readonly start: number; readonly end: number }[] {
  return [...text.toString('latin1').matchAll(/":("(?:[^"\\]|\\.)*"|[^,{}[\]]+|\[\]|\{\})/g)].map((match) => {
    const start = match.index + 2
    return { start, end: start + (match[1] ?? '').length }
  })
}

function replaced(text: Buffer, start: number, end: number, by: Buffer | string): Buffer {
  return Buffer.concat([text.subarray(0, start), Buffer.from(by), text.subarray(end)])
}

/** Of members and values: still JSON, most of them. */
export const MEMBER_MUTATIONS: readonly Mutation[] = [
  ofText('a value replaced', (text, random) => {
    const values = valuesOf(text)
    if (values.length === 0) return random.pick(ODD_VALUES)
    const { start, end } = random.pick(values)
    return replaced(text, start, end, random.pick(ODD_VALUES))
  }),
  ofText('a member put in', (text, random) => {
    const at = openingOf(text, random) ?? 0
    const member = `"${random.pick(ODD_NAMES)}":${random.pick(ODD_VALUES)}`
    return replaced(text, at, at, text[at] === 0x7d ? member : `${member},`)
  }),
  ofText('a member twice', (text, random) => {
    const names = [...text.toString('latin1').matchAll(/"(\w+)":/g)]
    if (names.length === 0) return '{"a":1,"a":1}'
    const { index, 0: name } = random.pick(names)
    return replaced(text, index, index, `${name}${random.pick(['null', '"DROP TABLE T"', '1'])},`)
  }),
  ofText('a member taken out', (text, random) => {
    const values = valuesOf(text)
    if (values.length === 0) return '{}'
    const { start, end } = random.pick(values)
    const nameStart = text.lastIndexOf('"', text.lastIndexOf('":', start - 1) - 1)
    return replaced(text, nameStart, text[end] === 0x2c ? end + 1 : end, '')
  }),
]

/** Of everything else that a body is. */
export const BODY_MUTATIONS: readonly Mutation[] = [
  ofText('cut off', (text, random) => text.subarray(0, random.below(text.length + 1))),
  ofText('a byte changed', (text, random) => {
    const at = random.below(text.length)
    return replaced(text, at, at + 1, random.bytes(1))
  }),
  ofText('bits changed', (text, random) => {
    const copy = Buffer.from(text)
    for (let times = 0; times < 4; times += 1) {
      const at = random.below(copy.length)
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8))
    }
    return copy
  }),
  ofText('bytes put in', (text, random) => {
    const at = random.below(text.length + 1)
    return replaced(text, at, at, random.bytes(1 + random.below(8)))
  }),
  ofText('bytes taken out', (text, random) => {
    const at = random.below(text.length)
    return replaced(text, at, at + 1 + random.below(8), '')
  }),
  ofText('whitespace put in', (text, random) => {
    const at = openingOf(text, random) ?? 0
    return replaced(text, at, at, random.pick([' ', '\n', '\t', '\r\n', '\u00a0', '\v', '/**/']))
  }),
  ofText('no UTF-8', (text, random) => {
    const at = random.below(text.length + 1)
    const bytes = random.pick(['ff', 'c0af', 'eda080', 'f8888080', '80', 'c3'])
    return replaced(text, at, at, Buffer.from(bytes, 'hex'))
  }),
  ofText('in UTF-16', (text) => Buffer.from(text.toString(), 'utf16le')),
  ofText('behind a byte order mark', (text) => Buffer.concat([Buffer.from('efbbbf', 'hex'), text])),
  ofText('with a tail', (text, random) =>
    Buffer.concat([text, Buffer.from(random.pick([' ', '\n', '\0', '{}', ',', ']', 'x', '//', '\x1f\x8b']))]),
  ),
  ofText('in a list', (text) => `[${text.toString()}]`),
  ofText('as a text', (text) => JSON.stringify(text.toString())),
  ofText('something else', (_, random) =>
    random.pick(['', '{', '}', 'null', '0', '""', '[]', '{}', '\0', '<x/>', 'a=b']),
  ),
  ofText('random bytes', (_, random) => random.bytes(random.below(200))),
  ofText('over the limit', (text, random) => {
    const at = openingOf(text, random) ?? 0
    return replaced(text, at, at, `"pad":"${'x'.repeat(1_500_000)}",`)
  }),
  ofText('many members', (text, random) => {
    const at = openingOf(text, random) ?? 0
    return replaced(text, at, at, Array.from({ length: 3_000 }, (_, index) => `"m${index}":${index},`).join(''))
  }),
  ofBytes('packed twice', (body) => gzipSync(gzipSync(body)), 'gzip'),
  ofBytes(
    'packed and cut off',
    (body, random) => {
      const packed = gzipSync(body)
      return packed.subarray(0, random.below(packed.length))
    },
    'gzip',
  ),
  ofBytes(
    'packed and changed',
    (body, random) => {
      const packed = gzipSync(body)
      packed[random.below(packed.length)] = random.below(256)
      return packed
    },
    'gzip',
  ),
  ofBytes('packed with a tail', (body) => Buffer.concat([gzipSync(body), Buffer.from('tail')]), 'gzip'),
  ofBytes(
    'packed in two members',
    (body) => Buffer.concat([gzipSync(body.subarray(0, 5)), gzipSync(body.subarray(5))]),
    'gzip',
  ),
  ofBytes('a bomb', () => BOMB, 'gzip'),
  ofBytes('a bomb that is not named', () => BOMB),
  ofBytes('said to be packed', (body) => body, 'gzip'),
  ofBytes('only the mark of gzip', () => Buffer.from('1f8b', 'hex')),
  ...['br', 'deflate', 'zstd', 'GZIP', 'gzip, gzip', 'identity', 'x'.repeat(500)].map((encoding) =>
    ofBytes(`encoding ${encoding.slice(0, 20)}`, (body) => body, encoding),
  ),
]
