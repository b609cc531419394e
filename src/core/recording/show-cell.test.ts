import assert from 'node:assert/strict'
import { it } from 'node:test'
import { showCell } from './show-cell.ts'

const CASES: readonly (readonly [string, string, string])[] = [
  ['date', '19741', '2024-01-19'],
  ['date', '-1', '1969-12-31'],
  ['DATE', '0', '1970-01-01'],
  ['time', '45296.123000000', '12:34:56.123000000'],
  ['time', '0.000000000', '00:00:00'],
  ['timestamp_ntz', '1705667696.123456789', '2024-01-19 12:34:56.123456789'],
  ['timestamp_ntz', '-0.5', '1969-12-31 23:59:59.5'],
  ['timestamp_ntz', '-1.250000000', '1969-12-31 23:59:58.750000000'],
  ['timestamp_ltz', '1705667696', '2024-01-19 12:34:56 Z'],
  ['timestamp_tz', '1705667696.5 1500', '2024-01-19 13:34:56.5 +01:00'],
  ['timestamp_tz', '1705667696 1110', '2024-01-19 07:04:56 -05:30'],
  ['boolean', '1', 'true'],
  ['boolean', '0', 'false'],
  ['fixed', '9007199254740993', '9007199254740993'],
  ['text', '19741', '19741'],
]

const UNREADABLE: readonly (readonly [string, string])[] = [
  ['date', 'soon'],
  ['date', '999999999'],
  ['time', '86400'],
  ['timestamp_ntz', '1e9'],
  ['timestamp_ntz', '999999999999'],
  ['timestamp_tz', '1705667696'],
  ['boolean', 'yes'],
]

it('cells are shown as people write them', () => {
  for (const [type, value, shown] of CASES) assert.equal(showCell(value, type), shown, `${type} ${value}`)
  assert.equal(showCell(null, 'date'), null)
})

it('what has another form is shown as it was delivered', () => {
  for (const [type, value] of UNREADABLE) assert.equal(showCell(value, type), value, `${type} ${value}`)
})
