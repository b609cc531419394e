import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { TestAccount } from './test-account.ts'

/** What an expression gives: its cell, or the code of its error. */
const CASES: readonly (readonly [expression: string, cell: string | null | { readonly code: string }])[] = [
  [`ABS('-5')`, '5'],
  [`ROUND('2.567', 1)`, '2.6'],
  [`SIGN('-3')`, '-1'],
  [`BITAND(5,3)`, '1'],
  [`BITOR(5,3)`, '7'],
  [`BITXOR(5,3)`, '6'],
  [`BITNOT(5)`, '-6'],
  [`BITSHIFTLEFT(1,3)`, '8'],
  [`BITSHIFTRIGHT(8,2)`, '2'],
  [`CHAR(66)`, 'B'],
  [`SPACE(3)`, '   '],
  [`LPAD('a', 3)`, '  a'],
  [`RPAD('a', 3, '-')`, 'a--'],
  [`EDITDISTANCE('kitten','sitting')`, '3'],
  [`JAROWINKLER_SIMILARITY('a','a')`, '100'],
  [`BIT_LENGTH('abc')`, '24'],
  [`OCTET_LENGTH('é')`, '2'],
  [`REGEXP_INSTR('abc', 'b')`, '2'],
  [`REGEXP_COUNT('abab', 'a')`, '2'],
  [`REGEXP_LIKE('abc', 'a.*')`, '1'],
  [`REGEXP_SUBSTR('a1b2', '[0-9]', 1, 2)`, '2'],
  [`REGEXP_SUBSTR_ALL('a1b2', '[0-9]')`, '["1","2"]'],
  [`REGEXP_REPLACE('abc', '(b)', '[\\\\1]')`, 'a[b]c'],
  [`REGEXP_REPLACE('aXbX', 'x', '-', 1, 1, 'i')`, 'a-bX'],
  [`RLIKE('abc', 'ABC', 'i')`, '1'],
  [`REGEXP_SUBSTR('foobar', 'o(o)b', 1, 1, 'e', 1)`, 'o'],
  [`NEXT_DAY('2024-03-06'::DATE, 'fr')`, '19790'],
  [`PREVIOUS_DAY('2024-03-06'::DATE, 'fr')`, '19783'],
  [`TIME_FROM_PARTS(1,2,3)`, '3723.000000000'],
  [`TIMESTAMP_NTZ_FROM_PARTS(2024,1,2,3,4,5)`, '1704164645.000000000'],
  [`LAST_DAY('2024-02-05'::DATE, 'year')`, '20088'],
  [`YEAR('2024-03-06'::DATE)`, '2024'],
  [`WEEKISO('2024-03-06'::DATE)`, '10'],
  [`DAYOFWEEKISO('2024-03-06'::DATE)`, '3'],
  [`YEAROFWEEK('2024-03-06'::DATE)`, '2024'],
  [`YEAR('2024-03-06')`, '2024'],
  [`TIME('10:00')`, '36000.000000000'],
  [`WIDTH_BUCKET(5, 0, 10, 5)`, '3'],
  [`HAVERSINE(0,0,1,1)`, '157.24938127194397'],
  [`ARRAY_SIZE(ARRAY_CONSTRUCT_COMPACT(1, NULL))`, '1'],
  [`ARRAY_INSERT([1,2], 0, 9)`, '[9,1,2]'],
  [`ARRAY_EXCEPT([1,2],[2])`, '[1]'],
  [`ARRAY_FLATTEN([[1],[2]])`, '[1,2]'],
  [`ARRAY_REVERSE([1,2])`, '[2,1]'],
  [`ARRAY_REMOVE([1,2], 2)`, '[1]'],
  [`ARRAY_GENERATE_RANGE(1,4)`, '[1,2,3]'],
  [`ARRAYS_TO_OBJECT(['a'],[1])`, '{"a":1}'],
  [`FILTER([1,2,3], x -> x > 1)`, '[2,3]'],
  [`AS_VARCHAR('a'::VARIANT)`, 'a'],
  [`AS_INTEGER(1::VARIANT)`, '1'],
  [`AS_OBJECT(PARSE_JSON('{}'))`, '{}'],
  [`AS_ARRAY(PARSE_JSON('[]'))`, '[]'],
  [`AS_DOUBLE(1.5::VARIANT)`, '1.5'],
  [`AS_BOOLEAN(TRUE::VARIANT)`, '1'],
  [`MD5_BINARY('a')`, '0CC175B9C0F1B6A831C399E269772661'],
  [`SHA1('a')`, '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8'],
  [`SHA1_HEX('a')`, '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8'],
  [`SHA2_BINARY('a')`, 'CA978112CA1BBDCAFAC231B39A23DC4DA786EFF8147C4E72B9807785AFEE48BB'],
  [`TRY_BASE64_DECODE_STRING('!!')`, null],
  [`GREATEST_IGNORE_NULLS(1, NULL)`, '1'],
  [`LEAST_IGNORE_NULLS(1, NULL)`, '1'],
  [`BOOLNOT(1)`, '0'],
  [`BOOLXOR(1, 0)`, '1'],
  [`TO_VARCHAR(1.50)`, '1.50'],
  [`TO_VARCHAR(TRUE)`, 'true'],
  [`TO_VARCHAR(1.5::FLOAT)`, '1.5'],
  [`TO_VARCHAR('2024-01-05'::DATE, 'DD-MON-YY')`, '05-Jan-24'],
  [`TO_CHAR(1234.567, '9,999.99')`, ' 1,234.57'],
  [`TO_CHAR(5, '000')`, ' 005'],
  [`TO_CHAR(-3, '99')`, ' -3'],
  [`TO_CHAR(255, 'XX')`, ' FF'],
  [`TO_CHAR(12345678, '$99,999,999')`, ' $12,345,678'],
  [`TO_CHAR(0.5, '0.00')`, ' 0.50'],
  [`TO_CHAR(1.5, 'FM99.0')`, '1.5'],
  [`TO_CHAR(12345, '999')`, '####'],
  [
    `TO_CHAR('2024-03-05 14:07:09.123456789'::TIMESTAMP, 'DY, DD MON YYYY HH12:MI:SS.FF9 AM')`,
    'Tue, 05 Mar 2024 02:07:09.123456000 PM',
  ],
  [`TO_CHAR('2024-03-05'::DATE, 'MMMM DD, YYYY')`, 'March 05, 2024'],
  [`TO_NUMBER('$1,234.50', '$9,999.99')`, '1235'],
  [`TO_NUMBER('12.345', 10, 2)`, '12.35'],
  [`TO_NUMBER('ff', 'XX')`, '255'],
  [`TRY_TO_NUMBER('1e3')`, '1000'],
  [`TO_BOOLEAN('yes')`, '1'],
  [`TO_BOOLEAN('off')`, '0'],
  [`TO_BOOLEAN(0)`, '0'],
  [`TRY_TO_TIME('x')`, null],
  [`TRY_TO_BINARY('zz')`, null],
  [`TRY_TO_DATE('2024-02-30')`, null],
  [`TRY_TO_TIMESTAMP_TZ('x')`, null],
  [`TO_NUMBER('xyz', 'XX')`, { code: '100038' }],
  [`TO_DATE('x', 'YYYY-MM-DD')`, { code: '100096' }],
  [`TRY_PARSE_JSON('{')`, null],
  [`JSON_EXTRACT_PATH_TEXT('{"a":{"b":2}}', 'a.b')`, '2'],
  [`MID('abc',2,1)`, 'b'],
]

describe('functions', () => {
  let account: TestAccount
  before(async () => {
    account = await TestAccount.open()
    await account.run('CREATE DATABASE D')
  })
  after(() => account.close())

  for (const [expression, expected] of CASES) {
    it(`${expression} is ${JSON.stringify(expected)}`, async () => {
      if (expected !== null && typeof expected === 'object')
        assert.equal((await account.failure(`SELECT ${expression}`)).code, expected.code)
      else assert.equal(await account.cell(`SELECT ${expression}`), expected)
    })
  }

  it('the time of day is that of the session', async () => {
    const { rows } = await account.run(
      'SELECT CURRENT_TIME() = CURRENT_TIMESTAMP()::TIMESTAMP_NTZ::TIME, CURRENT_DATE() = CURRENT_TIMESTAMP()::DATE',
      { parameters: { TIMEZONE: 'Asia/Tokyo' } },
    )
    assert.deepEqual(rows, [['1', '1']])
  })
})
