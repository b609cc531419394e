import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { pathForRecord } from './path-for-record.ts'

const TOKEN = 'FN08NlZKCuYsq4ZBXsetengimKXI_hNmNfIxWPVVKsw'

describe('a path on record', () => {
  const links = [
    `/chunks/icc_${TOKEN}/0`,
    `/icecore/chunks/icc_${TOKEN}/0`,
    `/CHUNKS/icc_${TOKEN}/0`,
    `/c:hunks/icc_${TOKEN}/0`,
    `/chunk/icc_${TOKEN.slice(0, 20)}/${TOKEN.slice(20)}`,
    `/CHUNKS/ICC_${TOKEN}/0`,
    `/chunks%2ficc_${TOKEN}/0`,
    `/CHUNKS/%69cc_${TOKEN}/0`,
  ]
  for (const path of links) {
    it(`gives no link away: ${path}`, () => {
      const recorded = pathForRecord(path)
      for (const part of [TOKEN.slice(0, 12), TOKEN.slice(-12)]) assert.ok(!recorded.includes(part), recorded)
    })
  }

  const plain = [
    '/',
    '/api/v2/statements',
    '/queries/01b899f1-0712-45a6-0040-e00702ffffff/result',
    '/monitoring/queries/01b899f1-0712-45a6-0040-e00702ffffff;a=b',
  ]
  for (const path of plain) {
    it(`stands there as it came: ${path}`, () => assert.equal(pathForRecord(path), path))
  }

  it('is no longer than it needs to be', () => {
    assert.ok(pathForRecord('/a'.repeat(1_000)).length <= 256)
  })
})
