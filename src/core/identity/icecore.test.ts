import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ICECORE } from './icecore.ts'
import { formatPrincipalId, type PrincipalIdPart } from './principal-id.ts'

const text = fc.oneof(fc.constantFrom('icecore', 'icecore+', 'icecore:', '%69cecore', ''), fc.string())
const part: fc.Arbitrary<PrincipalIdPart> = fc.oneof(
  fc.record({ form: fc.constantFrom('person', 'agent'), key: text }),
  fc.record({ form: fc.constantFrom('human', 'workload', 'client', 'actor'), issuer: text, subject: text }),
)

describe('the principal icecore', () => {
  it('is nobody whom a token can stand for, whatever the token and the configuration call them', () => {
    assert.equal(ICECORE.token, null)
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 2 }), (parts) => {
        assert.notEqual(formatPrincipalId(parts), ICECORE.id)
      }),
    )
  })
})
