import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { TestAccount } from '../sql/test-account.ts'
import { ibanCheckDigits, luhnDigit } from './identifiers.ts'
import { canaries, passesIbanCheck, passesLuhn } from './index.ts'

describe('identifiers', () => {
  it('passes Luhn as published cards do, and no longer when a digit changes', () => {
    assert.equal(luhnDigit('411111111111111'), '1')
    assert.equal(luhnDigit('555555555555444'), '4')
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 15, maxLength: 15 })
    fc.assert(
      fc.property(digits, fc.nat(14), fc.integer({ min: 1, max: 9 }), (list, at, change) => {
        const number = list.join('') + luhnDigit(list.join(''))
        const wrong = number.slice(0, at) + ((Number(number[at]) + change) % 10) + number.slice(at + 1)
        assert.ok(passesLuhn(number))
        assert.ok(!passesLuhn(wrong))
      }),
    )
  })

  it('has the check digits of published IBANs', () => {
    assert.equal(ibanCheckDigits('DE', '370400440532013000'), '89')
    assert.equal(ibanCheckDigits('NL', 'ABNA0417164300'), '91')
    assert.ok(!passesIbanCheck('DE88370400440532013000'))
  })
})

describe('canaries', () => {
  const found = canaries(7)
  const values = (entity: string) =>
    found.filter((canary) => canary.entity === entity).flatMap((canary) => canary.values)

  it('are valid, unmistakable values', () => {
    assert.ok(values('CARD').every(passesLuhn))
    assert.ok(values('IBAN').every(passesIbanCheck))
    assert.ok(values('SSN').every((ssn) => /^(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}$/.test(ssn)))
    assert.ok(values('EMAIL').every((email) => /^[^@\s]+@[^@\s]+$/.test(email)))
    const owners = new Map<string, string>()
    for (const { entity, values: list } of found)
      for (const value of list) {
        assert.ok(value.length >= 8, value)
        assert.equal(owners.get(value) ?? entity, entity, `${value} is of two kinds`)
        owners.set(value, entity)
      }
    assert.ok(owners.size > 5000, String(owners.size))
  })

  it('are the same for the same seed, and others for another', () => {
    assert.deepEqual(canaries(7), found)
    assert.notDeepEqual(canaries(8), found)
  })

  describe('in the warehouse', () => {
    let account: TestAccount
    before(async () => {
      account = await TestAccount.open({ seed: 7, withShop: true })
    })
    after(() => account.close())

    for (const { table, column, entity, values: list } of found) {
      it(`${table}.${column} holds each ${entity}`, async () => {
        const { rows } = await account.run(`SELECT ${column} FROM ${table}`)
        const text = rows.map(([cell]) => cell).join('\n')
        assert.deepEqual(
          list.filter((value) => !text.includes(value)),
          [],
        )
      })
    }

    it('are seen through the views', async () => {
      const [email] =
        found.find((canary) => canary.table === 'SHOP.CRM.CUSTOMERS' && canary.column === 'EMAIL')?.values ?? []
      assert.equal(await account.cell('SELECT contact FROM shop.crm.customer_contacts WHERE customer_no = 1'), email)
      assert.equal(await account.cell('SELECT address FROM shop.crm.contact_list WHERE no = 1'), email)
      assert.equal(await account.cell('SELECT COUNT(*) FROM shop.payments.card_holders'), '500')
      assert.equal(await account.cell('SELECT COUNT(*) FROM shop.crm.emergency_contacts WHERE phone IS NULL'), '0')
    })
  })
})

describe('createEngine', () => {
  it('runs the statements of initSql after the data set', async () => {
    const account = await TestAccount.open({
      withShop: true,
      initSql: "CREATE TABLE shop.sales.t (a VARCHAR); -- one; two\nINSERT INTO shop.sales.t VALUES ('x;y');",
    })
    assert.equal(await account.cell('SELECT a FROM shop.sales.t'), 'x;y')
    await account.close()
  })

  it('fails with the error of an initSql that is wrong', async () => {
    await assert.rejects(TestAccount.open({ initSql: 'SELECT * FROM nosuch.a.b' }), /Database 'NOSUCH' does not exist/)
  })
})
