/**
 * Statements that must not get through, sent through the real wire, in the words of whoever reads the refusal. A
 * statement that lands here stays here. Beside each group stand twins that must pass, so that a door that refuses
 * everything fails too.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { RawDriver } from '../support/raw-driver.ts'
import { TestGateway } from '../support/test-gateway.ts'

const ADA = { sub: 'ada', groups: ['analysts'] }

let gateway: TestGateway
let client: RawDriver
before(async () => {
  gateway = await TestGateway.start()
  client = new RawDriver(gateway.url)
  await client.logIn(gateway.idp.mint(ADA))
})
after(() => gateway.close())

const FOREIGN_ID = '01b899f1-0712-45a6-0040-e00702ffffff'

const REFUSED: Readonly<Record<string, readonly string[]>> = {
  mints_credential: [
    'ALTER USER icecore ADD PROGRAMMATIC ACCESS TOKEN t',
    'alter /* x */ user "ICECORE" add pat t',
    "CREATE USER eve PASSWORD = 'x'",
    "ALTER USER eve SET RSA_PUBLIC_KEY = 'MIIB'",
    'SELECT 1; ALTER USER icecore ADD PAT t',
    "EXECUTE IMMEDIATE 'ALTER USER icecore ADD PAT t'",
    'EXECUTE IMMEDIATE $$ALTER USER icecore ADD PAT t$$',
  ],
  mints_url: [
    "SELECT GET_PRESIGNED_URL(@s, 'a')",
    "SELECT get_presigned_url /* */ (@s, 'a')",
    'SELECT "GET_PRESIGNED_URL"(@s, \'a\')',
    "SELECT IDENTIFIER('get_presigned_url')(@s, 'a')",
    "SELECT BUILD_SCOPED_FILE_URL(@s, 'a')",
    "CREATE VIEW v AS SELECT GET_PRESIGNED_URL(@s, 'a') AS u",
  ],
  reaches_other_users: [
    'SELECT * FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY())',
    'SELECT * FROM SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY',
    'SELECT * FROM "SNOWFLAKE"."ACCOUNT_USAGE"."LOGIN_HISTORY"',
    "SELECT SYSTEM$CANCEL_QUERY('x')",
    'SELECT SYSTEM$ABORT_SESSION(1)',
    'LIST @~',
    'SELECT $1 FROM @~/x',
    'USE SCHEMA SNOWFLAKE.ACCOUNT_USAGE',
    "ALTER SESSION SET SEARCH_PATH = 'SNOWFLAKE.ACCOUNT_USAGE'",
  ],
  result_not_own: [
    `SELECT * FROM TABLE(RESULT_SCAN('${FOREIGN_ID}'))`,
    `SELECT * FROM TABLE("RESULT_SCAN"('${FOREIGN_ID}'))`,
    `SELECT 1 UNION SELECT * FROM TABLE(result_scan /**/ ('${FOREIGN_ID}'))`,
  ],
  role: [
    'USE ROLE SYSADMIN',
    "USE ROLE IDENTIFIER('SYSADMIN')",
    'SELECT 1; USE ROLE SYSADMIN',
    'USE ROLE IDENTIFIER($r)',
  ],
  secondary_roles: ['USE SECONDARY ROLES ALL'],
  file_transfer: ['PUT file:///etc/passwd @s', 'GET @s file:///tmp/', '-- x\nPUT file:///etc/passwd @s'],
  effect_export: ["COPY INTO 's3://bucket/x' FROM SHOP.CRM.CUSTOMERS", 'COPY INTO @s FROM (SELECT 1)'],
  effect_call: ['CALL anything()'],
  effect_deferred: ["CREATE TASK t SCHEDULE = '1 minute' AS SELECT 1", 'CREATE STREAM s ON TABLE SHOP.CRM.CUSTOMERS'],
  effect_rights: ['GRANT SELECT ON TABLE SHOP.CRM.CUSTOMERS TO ROLE PUBLIC', 'CREATE ROLE r'],
  parameter: ['ALTER SESSION SET ABORT_DETACHED_QUERY = TRUE'],
  result_reference: ['SELECT * FROM TABLE(RESULT_SCAN($x))', 'SELECT * FROM TABLE(RESULT_SCAN(?))'],
  dynamic_sql: ['EXECUTE IMMEDIATE $x', "EXECUTE IMMEDIATE 'SEL' || 'ECT 1'"],
  scripting_block: ['BEGIN ALTER USER icecore ADD PAT t; END'],
  unknown_statement: ['FROB THE KNOB', 'SELEC 1'],
  unterminated_string: ["SELECT 'x"],
  unterminated_comment: ['SELECT 1 /* x'],
  nested_comment: ["SELECT /* /* */ GET_PRESIGNED_URL(@s, 'a') -- */"],
  unicode_space: ['SELECT\u00a01'],
  invisible_character: ['SELECT 1\u200b'],
  control_character: ['SELECT 1\u0000'],
}

const TWINS: readonly string[] = [
  "SELECT 'ALTER USER icecore ADD PAT t' AS T",
  'SELECT 1 AS GET_PRESIGNED_URL_COUNT',
  '-- GET_PRESIGNED_URL(x)\nSELECT 1',
  'SELECT TABLE_NAME FROM SHOP.INFORMATION_SCHEMA.TABLES LIMIT 1',
  'SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))',
  'USE ROLE ANALYST',
  "USE ROLE IDENTIFIER('ANALYST')",
  'USE SECONDARY ROLES NONE',
  "SELECT 'PUT file:///etc/passwd @s' AS T",
  "ALTER SESSION SET TIMEZONE = 'UTC'",
  'SELECT 1 /* x */ -- y',
  "SELECT 'é\u200b' AS T",
  "EXECUTE IMMEDIATE 'SELECT 1'",
]

describe('a statement that must not get through', () => {
  for (const [code, texts] of Object.entries(REFUSED)) {
    for (const sql of texts) {
      it(`${code}: ${JSON.stringify(sql)}`, async () => {
        const reached = gateway.emulator.inspect.statements().length
        const { status, json } = await client.query(sql, { parameters: { MULTI_STATEMENT_COUNT: 0 } })
        assert.deepEqual([status, json.success, json.code, json.data.sqlState], [200, false, '003001', '42501'])
        assert.match(json.message ?? '', new RegExp(`\\((never_)?${code}\\)`))
        assert.equal(gateway.emulator.inspect.statements().length, reached, 'it reached the warehouse')
      })
    }
  }
})

describe('its harmless twin', () => {
  for (const sql of TWINS) {
    it(JSON.stringify(sql), async () => {
      const { json } = await client.query(sql)
      assert.equal(json.success, true, json.message ?? '')
    })
  }
})
