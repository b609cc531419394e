/** What can be wrong with a head: method, path, query string, headers. The request stays a whole one. */
import type { Mutation } from './attack.ts'
import type { HttpRequest } from './http-request.ts'
import type { Random } from './random.ts'

type Headers = HttpRequest['headers']

function ofPath(name: string, edit: (path: string, random: Random) => string): Mutation {
  return { name: `path: ${name}`, apply: (request, random) => ({ ...request, path: edit(request.path, random) }) }
}

function ofQuery(name: string, edit: (query: HttpRequest['query'], random: Random) => HttpRequest['query']): Mutation {
  return { name: `query: ${name}`, apply: (request, random) => ({ ...request, query: edit(request.query, random) }) }
}

function ofHeaders(name: string, edit: (headers: Headers, random: Random) => Headers): Mutation {
  return {
    name: `header: ${name}`,
    apply: (request, random) => ({ ...request, headers: edit(request.headers, random) }),
  }
}

function withHeader(headers: Headers, name: string, value: string): Headers {
  return [...headers.filter(([other]) => other !== name), [name, value]]
}

function inserted(text: string, random: Random, piece: string): string {
  const at = random.below(text.length + 1)
  return text.slice(0, at) + piece + text.slice(at)
}

const METHODS = [
  'GET',
  'HEAD',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'POST',
  'QUERY',
  'LOCK',
] as const
const ODD_IDS = [
  '',
  '1',
  'null',
  '%00',
  "1'%20OR%201",
  'x'.repeat(4_000),
  '%F0%9F%A7%8A',
  '00000000-0000-0000-0000-000000000000',
] as const

export const HEAD_MUTATIONS: readonly Mutation[] = [
  { name: 'method', apply: (request, random) => ({ ...request, method: random.pick(METHODS) }) },
  { name: 'version 1.0', apply: (request) => ({ ...request, version: 'HTTP/1.0' }) },
  ofPath('slashes too many', (path, random) => path.replaceAll('/', '/'.repeat(1 + random.below(4)))),
  ofPath('a piece put in', (path, random) =>
    inserted(
      path,
      random,
      random.pick([
        '/',
        '/./',
        '/../',
        '%',
        '%ZZ',
        '%2f',
        '%2e%2e/',
        '%00',
        '%c0%af',
        ';x=y',
        '\\',
        '@',
        ':',
        '+',
        '#x',
        '*',
        'x',
      ]),
    ),
  ),
  ofPath('a piece cut out', (path, random) => {
    const at = 1 + random.below(path.length)
    return path.slice(0, at) + path.slice(at + 1 + random.below(6))
  }),
  ofPath('in other letters', (path) => path.toUpperCase()),
  ofPath('a letter escaped', (path, random) => {
    const at = 1 + random.below(Math.max(1, path.length - 1))
    const code = path.charCodeAt(at)
    return Number.isNaN(code) ? path : `${path.slice(0, at)}%${code.toString(16)}${path.slice(at + 1)}`
  }),
  ofPath('absolute', (path) => `http://icecore${path}`),
  ofPath('of another host', (path) => `https://account.example:8443${path}`),
  ofPath('long', (path, random) => `${path}/${'a'.repeat(random.below(10_000))}`),
  ofPath('a star', () => '*'),
  ofPath('another id', (path, random) => path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, random.uuid())),
  ofPath('an id in other letters', (path) => path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, (id) => id.toUpperCase())),
  ofQuery('none', () => []),
  ofQuery('another request id', (query, random) => [['requestId', random.pick(ODD_IDS)], ...query.slice(1)]),
  ofQuery('request id in other letters', (query) => query.map(([name, value]) => [name, value.toUpperCase()])),
  ofQuery('two request ids', (query, random) => [...query, ['requestId', random.uuid()]]),
  ofQuery('more', (query, random) => [
    ...query,
    [random.pick(['', 'delete', '__proto__', '%', '%ff', 'a[b]', 'databaseName', 'roleName']), random.pick(ODD_IDS)],
  ]),
  ofQuery('very many', (query) => [...query, ...Array.from({ length: 500 }, (_, index) => [`q${index}`, ''] as const)]),
  ofHeaders('no authorization', (headers) => headers.filter(([name]) => name !== 'authorization')),
  ofHeaders('another authorization', (headers, random) =>
    withHeader(
      headers,
      'authorization',
      random.pick([
        '',
        'None',
        'Snowflake Token="None"',
        'Snowflake Token=""',
        'Snowflake Token=x',
        'Basic Og==',
        'Bearer x',
        `Snowflake Token="${'x'.repeat(8_000)}"`,
        'Snowflake Token="a"b"',
        'Snowflake Token="\xff\xfe"',
      ]),
    ),
  ),
  ofHeaders('a token with a letter changed', (headers, random) =>
    headers.map(([name, value]) => {
      if (name !== 'authorization') return [name, value]
      const at = 17 + random.below(Math.max(1, value.length - 18))
      return [name, `${value.slice(0, at)}${value[at] === 'A' ? 'B' : 'A'}${value.slice(at + 1)}`]
    }),
  ),
  ofHeaders('one twice', (headers, random) => [...headers, random.pick(headers.filter(([name]) => name !== 'host'))]),
  ofHeaders('one taken out', (headers, random) => {
    const others = headers.filter(([name]) => name !== 'host')
    const out = random.pick(others)
    return headers.filter((header) => header !== out)
  }),
  ofHeaders('names in other letters', (headers) => headers.map(([name, value]) => [name.toUpperCase(), value])),
  ofHeaders('content type', (headers, random) =>
    withHeader(
      headers,
      'content-type',
      random.pick([
        '',
        'text/plain',
        'application/json; charset=utf-16',
        'multipart/form-data; boundary=x',
        '/',
        'application/x-www-form-urlencoded',
        'x'.repeat(2_000),
        'application/json, text/html',
        '\xff',
      ]),
    ),
  ),
  ofHeaders('accept', (headers, random) =>
    withHeader(headers, 'accept', random.pick(['', '*/*', 'application/snowflake', 'text/html', 'q=;;'])),
  ),
  ofHeaders('accept-encoding', (headers, random) => [
    ...headers,
    ['accept-encoding', random.pick(['gzip', 'br', '*;q=0', ''])],
  ]),
  ofHeaders('a thousand', (headers) => [
    ...headers,
    ...Array.from({ length: 1_000 }, (_, index) => [`x${index}`, ''] as const),
  ]),
  ofHeaders('forwarded', (headers, random) => [
    ...headers,
    ['x-forwarded-for', random.pick(['127.0.0.1', '::1, x', '%', '1.2.3.4, '.repeat(200), ''])],
  ]),
  ofHeaders('user agent', (headers, random) => [
    ...headers,
    [
      'user-agent',
      random
        .pick(['', '\x1b[31mred', '\xff\xfe', 'x'.repeat(5_000), '${jndi:ldap://x}', '\u202e'.normalize()])
        .replace(/[^\x20-\xff\t]/g, '?'),
    ],
  ]),
  ofHeaders('connection', (headers, random) => [
    ...headers,
    ['connection', random.pick(['close', 'keep-alive', 'upgrade', 'x', 'close, keep-alive'])],
  ]),
  ofHeaders('upgrade', (headers, random) => [
    ...headers,
    ['connection', 'upgrade, http2-settings'],
    ['upgrade', random.pick(['h2c', 'websocket', 'TLS/1.0', 'x'])],
    ['http2-settings', 'AAMAAABkAARAAAAAAAIAAAAA'],
  ]),
  ofHeaders('expect', (headers, random) => [
    ...headers,
    ['expect', random.pick(['100-continue', 'x', '100-continue, x'])],
  ]),
  ofHeaders('chunk key', (headers, random) =>
    withHeader(headers, 'x-icecore-chunk-key', random.pick(['', 'ick_x', 'x'.repeat(5_000)])),
  ),
]
