import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  bytesOf,
  findValue,
  JsonSyntaxError,
  parseValue,
  readBoolean,
  readInteger,
  readSafeInteger,
  readScalar,
  readString,
  scanObject,
} from './index.ts'

const scan = (text: string, paths: readonly string[] = []) => scanObject(Buffer.from(text), { paths })

describe('scanObject', () => {
  it('finds values by path and leaves their bytes alone', () => {
    const document = scan('{"data": {"rowset" : [["1", null]], "total":9007199254740993}, "code":null}', [
      'data.rowset',
      'data.total',
    ])
    const text = (path: string) => Buffer.from(bytesOf(document, findValue(document, path)!)).toString()
    assert.equal(text('data.rowset'), '[["1", null]]')
    assert.equal(text('data.total'), '9007199254740993')
    assert.equal(text('code'), 'null')
    assert.equal(findValue(document, 'data.missing'), undefined)
    assert.equal(findValue(document, 'code.deeper'), undefined)
  })

  it('gives the members of wanted objects only', () => {
    const document = scan('{"a":{"b":{"c":1}},"z":{"y":1}}', ['a'])
    assert.deepEqual(
      findValue(document, 'a')?.members.map((member) => member.name),
      ['b'],
    )
    assert.deepEqual(findValue(document, 'a.b')?.members, [])
    assert.deepEqual(findValue(document, 'z')?.members, [])
  })

  it('compares names as parsers do, escapes decoded', () => {
    assert.equal(findValue(scan('{"d\\u0061ta":{"x":1}}', ['data.x']), 'data.x')?.kind, 'number')
    assert.throws(() => scan('{"data":1,"d\\u0061ta":2}'), /repeated member name/)
  })

  const refused: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ['nothing', '', /cut off/],
    ['an array', '[]', /an object was expected/],
    ['a byte order mark', '\ufeff{}', /an object was expected/],
    ['bytes after the end', '{} {}', /bytes after the end/],
    ['a NUL after the end', '{}\0', /bytes after the end/],
    ['a repeated name at the root', '{"a":1,"a":2}', /repeated member name/],
    ['a repeated name deep inside an array', '{"a":[{"b":1,"b":2}]}', /repeated member name/],
    ['a trailing comma', '{"a":1,}', /a member name was expected/],
    ['a trailing comma in an array', '{"a":[1,]}', /a value was expected/],
    ['single quotes', "{'a':1}", /a member name was expected/],
    ['a comment', '{/*x*/}', /a member name was expected/],
    ['a leading zero', '{"a":01}', /a comma was expected/],
    ['a bare minus', '{"a":-}', /a value was expected/],
    ['a bare point', '{"a":1.}', /a value was expected/],
    ['an empty exponent', '{"a":1e+}', /a value was expected/],
    ['NaN', '{"a":NaN}', /a value was expected/],
    ['a word cut short', '{"a":tru}', /a value was expected/],
    ['a raw line break in a string', '{"a":"\n"}', /control character/],
    ['an unknown escape', '{"a":"\\x"}', /invalid escape/],
    ['a short unicode escape', '{"a":"\\u00"}', /invalid escape/],
    ['an unterminated string', '{"a":"', /unterminated string/],
    ['a cut object', '{"a":1', /cut off/],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), /invalid UTF-8/],
    ['an overlong encoding', Buffer.from([0x7b, 0x22, 0xc0, 0xa2, 0x22, 0x3a, 0x31, 0x7d]), /invalid UTF-8/],
    ['nesting beyond the limit', `{"a":${'['.repeat(64)}${']'.repeat(64)}}`, /nesting deeper than 64/],
  ]
  for (const [name, input, reason] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => scanObject(Buffer.from(input as string)),
        (error) => error instanceof JsonSyntaxError && reason.test(error.message),
      )
    })
  }

  it('takes nesting up to the limit', () => {
    assert.ok(scan(`{"a":${'['.repeat(63)}${']'.repeat(63)}}`))
  })

  it('sees watched names at any depth, below the named member only', () => {
    const watch = new Set(['stageinfo', 'creds'])
    const seen = (text: string) => [...scanObject(Buffer.from(text), { watch, watchBelow: 'data' }).watched]
    assert.deepEqual(seen('{"data":{"x":[{"stag\\u0065Info":1}]}}'), ['stageInfo'])
    assert.deepEqual(seen('{"creds":1,"data":{"rowset":[["creds"]]},"tail":{"stageInfo":1}}'), [])
    assert.deepEqual(seen('{"data":{"STAGEINFO":{"CREDS":1}}}'), ['STAGEINFO', 'CREDS'])
    assert.deepEqual([...scanObject(Buffer.from('{"creds":{}}'), { watch }).watched], ['creds'])
  })

  it('agrees with JSON.parse on what is JSON, for any change of one byte', () => {
    const sample = Buffer.from('{"a":[1,-2.5e3,"x\\n\\u00e9ü",null,true],"b":{"c":{},"d":[]}} ')
    fc.assert(
      fc.property(fc.nat(sample.length - 1), fc.integer({ min: 0, max: 127 }), (position, byte) => {
        const changed = Buffer.from(sample)
        changed[position] = byte
        let expected = true
        try {
          JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(changed))
        } catch {
          expected = false
        }
        let actual = true
        try {
          scanObject(changed)
        } catch (error) {
          // A change may make two names equal, or turn the root into something else: refused on purpose.
          if (/repeated|an object was expected/.test((error as Error).message)) return
          actual = false
        }
        assert.equal(actual, expected, changed.toString())
      }),
      { numRuns: 2000 },
    )
  })

  it('gives for each member the value that JSON.parse gives', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), fc.nat(3), (object, indent) => {
        const text = JSON.stringify(object, null, indent)
        const document = scanObject(Buffer.from(text))
        const expected = Object.entries(JSON.parse(text) as Record<string, unknown>)
        assert.equal(document.root.members.length, expected.length)
        const read = new Map(document.root.members.map((member) => [member.name, parseValue(document, member.value)]))
        for (const [name, value] of expected) assert.deepEqual(read.get(name), value)
      }),
    )
  })
})

describe('typed reads', () => {
  const document = scan(
    '{"s":"a\\ud83d\\ude00","big":9007199254740993,"neg":-7,"float":1.5,"t":true,"f":false,"n":null,"o":{},"exp":1e2,"inf":1e999}',
  )
  const at = (name: string) => findValue(document, name)

  it('reads integers without loss', () => {
    assert.equal(readInteger(document, at('big')), 9007199254740993n)
    assert.equal(readInteger(document, at('neg')), -7n)
    assert.equal(readInteger(document, at('float')), undefined)
    assert.equal(readInteger(document, at('s')), undefined)
    assert.equal(readSafeInteger(document, at('neg')), -7)
    assert.equal(readSafeInteger(document, at('big')), undefined)
  })

  it('reads strings, booleans and scalars, and nothing else', () => {
    assert.equal(readString(document, at('s')), 'a😀')
    assert.equal(readString(document, at('n')), undefined)
    assert.equal(readBoolean(document, at('t')), true)
    assert.equal(readBoolean(document, at('f')), false)
    assert.equal(readBoolean(document, at('missing')), undefined)
    assert.deepEqual(
      ['s', 'neg', 'float', 't', 'n', 'o', 'exp', 'big', 'inf', 'missing'].map((name) =>
        readScalar(document, at(name)),
      ),
      ['a😀', -7, 1.5, true, undefined, undefined, 100, undefined, undefined, undefined],
    )
  })
})
