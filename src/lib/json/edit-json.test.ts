import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { editJson, findValue, type JsonEdit, scanObject } from './index.ts'

const bytes = (text: string) => Buffer.from(text)

function edit(text: string, edits: readonly JsonEdit[], paths: readonly string[] = ['data.x', 'data.y.z']): string {
  return Buffer.from(editJson(scanObject(bytes(text), { paths }), edits)).toString()
}

describe('editJson', () => {
  const table: readonly (readonly [string, string, readonly JsonEdit[], string])[] = [
    ['nothing', '{ "a" : 1 }', [], '{ "a" : 1 }'],
    [
      'replace',
      '{"data": {"x" :  [1], "k":9007199254740993}}',
      [{ set: 'data.x', value: bytes('null') }],
      '{"data": {"x" :  null, "k":9007199254740993}}',
    ],
    ['insert', '{"data":{"a":1 }}', [{ set: 'data.x', value: bytes('2') }], '{"data":{"a":1,"x":2 }}'],
    ['insert into an empty object', '{"data":{ }}', [{ set: 'data.x', value: bytes('2') }], '{"data":{"x":2 }}'],
    [
      'insert two',
      '{"data":{}}',
      [
        { set: 'data.x', value: bytes('2') },
        { set: 'data.w', value: bytes('3') },
      ],
      '{"data":{"x":2,"w":3}}',
    ],
    ['remove the first', '{"x":1, "b":2}', [{ remove: 'x' }], '{"b":2}'],
    ['remove the last', '{"a":1, "x":2 }', [{ remove: 'x' }], '{"a":1 }'],
    ['remove the only one', '{ "x":1 }', [{ remove: 'x' }], '{  }'],
    [
      'remove all and insert',
      '{"a":1,"b":2}',
      [{ remove: 'a' }, { remove: 'b' }, { set: 'c', value: bytes('3') }],
      '{"c":3}',
    ],
    [
      'remove neighbours',
      '{"a":1,"b":2,"c":3,"d":4,"e":5}',
      [{ remove: 'b' }, { remove: 'c' }, { remove: 'e' }],
      '{"a":1,"d":4}',
    ],
    [
      'remove the last two and insert',
      '{"a":1,"b":2,"c":3}',
      [{ remove: 'b' }, { remove: 'c' }, { set: 'n', value: bytes('4') }],
      '{"a":1,"n":4}',
    ],
    ['remove what is not there', '{"a":1}', [{ remove: 'zz' }], '{"a":1}'],
    [
      'edit at two depths',
      '{"data":{"y":{"z":1}},"c":0}',
      [
        { set: 'data.y.z', value: bytes('"é"') },
        { set: 'c', value: bytes('5') },
      ],
      '{"data":{"y":{"z":"é"}},"c":5}',
    ],
  ]
  for (const [name, before, edits, after] of table) {
    it(name, () => assert.equal(edit(before, edits), after))
  }

  it('replaces a span', () => {
    const document = scanObject(bytes('{"a":{"b":1}}'))
    const span = findValue(document, 'a')!
    assert.equal(Buffer.from(editJson(document, [{ span, value: bytes('7') }])).toString(), '{"a":7}')
  })

  it('throws on edits that overlap or lead nowhere', () => {
    const document = scanObject(bytes('{"data":{"x":1},"s":""}'), { paths: ['data.x'] })
    const data = findValue(document, 'data')!
    assert.throws(
      () =>
        editJson(document, [
          { span: data, value: bytes('1') },
          { set: 'data.x', value: bytes('1') },
        ]),
      /overlap/,
    )
    assert.throws(() => editJson(document, [{ set: 's.x', value: bytes('1') }]), /no object was scanned/)
    assert.throws(() => editJson(document, [{ remove: 'nope.x' }]), /no object was scanned/)
  })

  it('does to the bytes what the same edits do to the parsed object', () => {
    const names = ['a', 'b', 'c', 'd', 'e', '"', 'ü']
    const objects = fc.dictionary(fc.constantFrom(...names), fc.jsonValue(), { noNullPrototype: true })
    const changes = fc.dictionary(fc.constantFrom(...names), fc.option(fc.jsonValue(), { nil: undefined }), {
      noNullPrototype: true,
    })
    fc.assert(
      fc.property(objects, changes, fc.nat(3), (inner, change, indent) => {
        const text = JSON.stringify({ before: 1, data: inner, after: [9] }, null, indent)
        const document = scanObject(bytes(text), { paths: ['data'] })
        const expected = structuredClone(JSON.parse(text) as { data: Record<string, unknown> })
        const edits = Object.entries(change).map(([name, value]): JsonEdit => {
          if (value === undefined) {
            delete expected.data[name]
            return { remove: `data.${name}` }
          }
          expected.data[name] = JSON.parse(JSON.stringify(value))
          return { set: `data.${name}`, value: bytes(JSON.stringify(value)) }
        })
        const result = Buffer.from(editJson(document, edits)).toString()
        assert.deepEqual(JSON.parse(result), expected)
      }),
    )
  })
})
