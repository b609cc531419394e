import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fakeSession } from '../../../test/support/fake-session.ts'
import { clientProfile, readEnvelope, readQueryAnswer } from '../../core/wire/index.ts'
import type { LinkSet } from '../../gate/index.ts'
import { createAnswerEncoder } from './encode-answer.ts'
import { ParameterLists } from './parameter-lists.ts'

const encoder = createAnswerEncoder(clientProfile('JavaScript', '3.3.0'), 'https://gw.example', new ParameterLists())

const CHUNKED = `{"data":{"parameters":[{"name":"TIMEZONE","value":"Europe/Paris"},{"name":"CLIENT_TELEMETRY_ENABLED","value":true}],
 "rowtype":[{"name":"A","type":"fixed"}], "rowset":[["1"]],"total":3,"returned":3,"smkId":92019681909886123,
 "unmodelled":{"exact":1.10,"text":"caf\\u00e9 \\/"},"queryId":"01b899f1-0712-45a6-0040-e00702ffffff",
 "chunks":[{"url":"https://bucket/x?sig=SECRET","rowCount":2,"uncompressedSize":20,"compressedSize":10}],
 "chunkHeaders":{"x-amz-server-side-encryption-customer-key":"SSEKEY"},"qrmk":"QRMK"},"code":null,"message":null,"success":true}`

function links(key: string | null): LinkSet {
  const chunks = [{ url: 'https://bucket/x?sig=SECRET', headers: {}, rows: 2 }]
  const at = { session: fakeSession(), statement: 'st', queryId: 'q', openedAt: 0 }
  return { ...at, format: 'json', columns: 1, chunks, token: 'icc_token', key }
}

function encode(text: string, set: LinkSet | null): string {
  return Buffer.from(encoder.encode(readQueryAnswer(readEnvelope(Buffer.from(text))), set)).toString()
}

interface Encoded {
  readonly data: {
    readonly chunks: readonly Record<string, unknown>[]
    readonly chunkHeaders?: Record<string, string>
    readonly parameters: readonly { readonly name: string; readonly value: unknown }[]
  }
}

describe('createAnswerEncoder', () => {
  it('leads chunks to Icecore, and leaves nothing of storage', () => {
    const text = encode(CHUNKED, links('ick_key'))
    const { data } = JSON.parse(text) as Encoded
    assert.deepEqual(data.chunks, [
      { url: 'https://gw.example/chunks/icc_token/0', rowCount: 2, uncompressedSize: 20, compressedSize: 10 },
    ])
    assert.deepEqual(data.chunkHeaders, { 'x-icecore-chunk-key': 'ick_key' })
    for (const secret of ['SECRET', 'SSEKEY', 'QRMK', 'qrmk', 'bucket']) assert.ok(!text.includes(secret), secret)
  })

  it('gives no headers to a driver that would not send them', () => {
    const text = encode(CHUNKED, links(null))
    assert.equal((JSON.parse(text) as Encoded).data.chunkHeaders, undefined)
    assert.ok(!text.includes('SSEKEY'))
  })

  it('keeps every byte that is not its business', () => {
    const text = encode(CHUNKED, links('ick_key'))
    const kept = '"smkId":92019681909886123,\n "unmodelled":{"exact":1.10,"text":"caf\\u00e9 \\/"}'
    assert.ok(text.includes(kept))
  })

  it('lets the upstream say the time zone, and nobody turn telemetry on', () => {
    const { parameters } = (JSON.parse(encode(CHUNKED, links('k'))) as Encoded).data
    const value = (name: string): unknown => parameters.find((parameter) => parameter.name === name)?.value
    assert.equal(value('TIMEZONE'), 'Europe/Paris')
    assert.equal(value('CLIENT_TELEMETRY_ENABLED'), false)
    assert.equal(value('CLIENT_STAGE_ARRAY_BINDING_THRESHOLD'), 2_147_483_647)
  })

  for (const text of [
    '{"data":null,"code":"000612","message":"Result not found","success":false}',
    '{"code":"002003","message":"no","success":false}',
  ]) {
    it(`passes ${text} as it is`, () => {
      assert.equal(encode(text, null), text)
    })
  }
})
