import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Case, TestAccount } from './test-account.ts'

const DONE = [['Statement executed successfully.']]

const GROUPS: readonly (readonly [title: string, cases: readonly Case[]])[] = [
  [
    'tags are set, read, listed and taken away',
    [
      ["CREATE TAG PII COMMENT = 'personal'", [['Tag PII successfully created.']]],
      ["CREATE TAG COST ALLOWED_VALUES 'a', 'b'", [['Tag COST successfully created.']]],
      ["ALTER TABLE e SET TAG pii = 'yes', cost = 'a'", DONE],
      ["ALTER TABLE e MODIFY COLUMN name SET TAG pii = 'name'", DONE],
      ["ALTER TABLE e SET TAG cost = 'c'", '003558'],
      ["ALTER TABLE e SET TAG nosuch = 'c'", '002003'],
      [
        "SELECT SYSTEM$GET_TAG('PII', 'E', 'TABLE'), SYSTEM$GET_TAG('pii', 'd.public.e.name', 'COLUMN')",
        [['yes', 'name']],
      ],
      ["SELECT SYSTEM$GET_TAG('PII', 'E.ID', 'COLUMN')", [[null]]],
      [
        "SELECT tag_name, tag_value, level FROM TABLE(INFORMATION_SCHEMA.TAG_REFERENCES('E', 'TABLE')) ORDER BY 1",
        [
          ['COST', 'a', 'TABLE'],
          ['PII', 'yes', 'TABLE'],
        ],
      ],
      [
        "SELECT column_name, tag_value FROM TABLE(d.INFORMATION_SCHEMA.TAG_REFERENCES_ALL_COLUMNS('E', 'TABLE'))",
        [['NAME', 'name']],
      ],
      ["ALTER TABLE e MODIFY COLUMN id SET TAG cost = 'b'", DONE],
      ['ALTER TABLE e UNSET TAG cost', DONE],
      ["SELECT SYSTEM$GET_TAG('COST', 'E.ID', 'COLUMN')", [['b']]],
      ["SELECT SYSTEM$GET_TAG('COST', 'E', 'TABLE')", [[null]]],
      ['DROP TAG PII', [['PII successfully dropped.']]],
      ["SELECT COUNT(*) FROM TABLE(INFORMATION_SCHEMA.TAG_REFERENCES('E', 'TABLE'))", [['0']]],
    ],
  ],
  [
    'policies are accepted, listed and described, and kept while in use',
    [
      [
        "CREATE MASKING POLICY MP AS (V VARCHAR) RETURNS VARCHAR -> CASE WHEN CURRENT_ROLE() = 'X' THEN V ELSE '***' END",
        [['Masking policy MP successfully created.']],
      ],
      ['ALTER TABLE e MODIFY COLUMN name SET MASKING POLICY mp', DONE],
      ['ALTER TABLE e MODIFY COLUMN name SET MASKING POLICY mp', '003542'],
      [
        'DESCRIBE MASKING POLICY mp',
        [['MP', '(V VARCHAR)', 'VARCHAR', "CASE WHEN CURRENT_ROLE() = 'X' THEN V ELSE '***' END"]],
      ],
      [
        "SELECT policy_name, policy_kind, ref_column_name FROM TABLE(INFORMATION_SCHEMA.POLICY_REFERENCES(REF_ENTITY_NAME => 'D.PUBLIC.E', REF_ENTITY_DOMAIN => 'TABLE'))",
        [['MP', 'MASKING_POLICY', 'NAME']],
      ],
      ['DROP MASKING POLICY mp', '003576'],
      ['ALTER TABLE e MODIFY COLUMN name UNSET MASKING POLICY', DONE],
      ['DROP MASKING POLICY mp', [['MP successfully dropped.']]],
      [
        'CREATE ROW ACCESS POLICY RAP AS (D VARCHAR) RETURNS BOOLEAN -> TRUE',
        [['Row access policy RAP successfully created.']],
      ],
      ['ALTER TABLE e ADD ROW ACCESS POLICY rap ON (name)', DONE],
      ['ALTER TABLE e DROP ROW ACCESS POLICY rap', DONE],
    ],
  ],
  [
    'tables and views change as ALTER says',
    [
      ["ALTER TABLE e ADD COLUMN b VARCHAR(5) DEFAULT 'q'", DONE],
      ['SELECT b FROM e WHERE id = 1', [['q']]],
      ['ALTER TABLE e ALTER COLUMN b SET DATA TYPE VARCHAR(50)', DONE],
      ['ALTER TABLE e ALTER b TYPE INT', '002108'],
      ["ALTER TABLE e MODIFY (COLUMN b SET NOT NULL, id COMMENT 'the key')", DONE],
      ['INSERT INTO e (id, b) VALUES (9, NULL)', '100072'],
      ['ALTER TABLE e ALTER COLUMN b DROP NOT NULL', DONE],
      ["ALTER TABLE e ALTER COLUMN nosuch COMMENT 'x'", '000904'],
      ['ALTER TABLE e ADD COLUMN b INT', '001430'],
      ["COMMENT ON COLUMN e.name IS 'full name'", DONE],
      ["COMMENT ON TABLE nosuch IS 'x'", '002003'],
      ["COMMENT IF EXISTS ON TABLE nosuch IS 'x'", DONE],
      ['ALTER TABLE e DROP COLUMN b', DONE],
      ['CREATE VIEW V1 AS SELECT id FROM e', [['View V1 successfully created.']]],
      ['ALTER VIEW v1 RENAME TO v9', DONE],
      ['SELECT COUNT(*) FROM v9', [['2']]],
      ['SELECT COUNT(*) FROM v1', '002003'],
      ['ALTER VIEW IF EXISTS v1 SET SECURE', DONE],
      ["ALTER WAREHOUSE compute_wh SET WAREHOUSE_SIZE = 'LARGE'", DONE],
      ['ALTER WAREHOUSE nosuch SUSPEND', '002043'],
      ['ALTER SEQUENCE nosuch SET INCREMENT = 2', '002043'],
    ],
  ],
  [
    'schemas and databases are cloned with what lies in them',
    [
      ['CREATE VIEW VC AS SELECT name FROM e', [['View VC successfully created.']]],
      ['CREATE SCHEMA D.S2 CLONE D.PUBLIC', [['Schema S2 successfully created.']]],
      ['INSERT INTO d.s2.e (id) VALUES (7)', [['1']]],
      ['SELECT (SELECT COUNT(*) FROM d.s2.vc), (SELECT COUNT(*) FROM d.public.vc)', [['3', '2']]],
      ['CREATE DATABASE D2 CLONE D', [['Database D2 successfully created.']]],
      ['SELECT COUNT(*) FROM d2.s2.e', [['3']]],
      ['CREATE SCHEMA D.S3 CLONE D.NOPE', '002003'],
      ['USE SCHEMA D.PUBLIC', DONE],
    ],
  ],
  [
    'aliases of MERGE, sampling, ORDER BY ALL',
    [
      [
        'MERGE INTO e t USING (SELECT 1 AS k) s ON t.id = s.k WHEN MATCHED THEN UPDATE SET t.name = t.name || s.k',
        [['1']],
      ],
      ['MERGE INTO e t USING d.s2.e s ON t.id = s.id AND s.id = 2 WHEN MATCHED THEN DELETE', [['1']]],
      ['SELECT COUNT(*) FROM d.s2.e SAMPLE ROW (2 ROWS)', [['2']]],
      ['SELECT COUNT(*) FROM d.s2.e SAMPLE BLOCK (100)', [['3']]],
      ['SELECT name, COUNT(*) FROM e GROUP BY ALL ORDER BY ALL', [['ann1', '1']]],
    ],
  ],
]

/** The first columns of SHOW and DESCRIBE, as clients find them by name, and what one row holds. */
const SHOWN: readonly (readonly [sql: string, names: readonly string[], cells: Readonly<Record<string, string>>])[] = [
  [
    "SHOW TABLES LIKE 'e'",
    ['created_on', 'name', 'database_name', 'schema_name', 'kind', 'comment', 'cluster_by', 'rows', 'bytes', 'owner'],
    { name: 'E', kind: 'TABLE', comment: 'employees', rows: '2' },
  ],
  [
    "SHOW TERSE TABLES LIKE 'e'",
    ['created_on', 'name', 'kind', 'database_name', 'schema_name'],
    { schema_name: 'PUBLIC' },
  ],
  [
    'SHOW SEQUENCES',
    ['name', 'database_name', 'schema_name', 'next_value', 'interval', 'created_on'],
    { name: 'SQ', next_value: '3', interval: '2' },
  ],
  [
    'SHOW TAGS',
    ['created_on', 'name', 'database_name', 'schema_name', 'owner', 'comment', 'allowed_values'],
    { name: 'T1' },
  ],
  [
    'SHOW MASKING POLICIES IN ACCOUNT',
    ['created_on', 'name', 'database_name', 'schema_name', 'kind', 'owner'],
    { name: 'P1', kind: 'MASKING_POLICY' },
  ],
  [
    "SHOW USER FUNCTIONS LIKE 'f1'",
    ['created_on', 'name', 'schema_name', 'is_builtin'],
    { arguments: 'F1(NUMBER, DEFAULT VARCHAR) RETURN NUMBER', min_num_arguments: '1', language: 'SQL' },
  ],
  ['SHOW PROCEDURES', ['created_on', 'name', 'schema_name'], { arguments: 'P2() RETURN TABLE ()', catalog_name: 'D' }],
  ['SHOW STAGES', ['created_on', 'name', 'database_name', 'schema_name', 'url'], { name: 'ST', type: 'INTERNAL' }],
  ['SHOW WAREHOUSES', ['name', 'state', 'type', 'size'], { name: 'COMPUTE_WH', state: 'STARTED' }],
  [
    "SHOW SCHEMAS LIKE 'public'",
    ['created_on', 'name', 'is_default', 'is_current', 'database_name'],
    { is_current: 'Y' },
  ],
  ["SHOW DATABASES LIKE 'd'", ['created_on', 'name', 'is_default', 'is_current', 'origin'], { kind: 'STANDARD' }],
  [
    "SHOW COLUMNS LIKE 'name' IN TABLE e",
    ['table_name', 'schema_name', 'column_name', 'data_type', 'null?'],
    { comment: 'full' },
  ],
  ["SHOW PARAMETERS LIKE 'timezone'", ['key', 'value', 'default', 'level', 'description', 'type'], { value: 'UTC' }],
  [
    'DESCRIBE FUNCTION f1(NUMBER, VARCHAR)',
    ['property', 'value'],
    { property: 'signature', value: '(A NUMBER(38,0), B VARCHAR)' },
  ],
  ['DESCRIBE SCHEMA public', ['created_on', 'name', 'kind'], { name: 'E', kind: 'TABLE' }],
  ['DESCRIBE USER anna', ['property', 'value', 'default', 'description'], { value: 'ANNA' }],
]

describe('objects', () => {
  let account: TestAccount
  before(async () => {
    account = await TestAccount.open()
    await account.script(
      'CREATE DATABASE D',
      "CREATE TABLE E (ID INT, NAME VARCHAR COMMENT 'full') COMMENT = 'employees'",
      "INSERT INTO E VALUES (1, 'ann'), (2, 'bob')",
    )
  })
  after(() => account.close())

  it('are shown and described by the names which Snowflake gives the columns', async () => {
    await account.script(
      'CREATE SEQUENCE SQ START 3 INCREMENT 2',
      'CREATE TAG T1',
      'CREATE MASKING POLICY P1 AS (V VARCHAR) RETURNS VARCHAR -> V',
      "CREATE FUNCTION F1(A INT, B VARCHAR DEFAULT 'x') RETURNS INT AS 'A'",
      "CREATE PROCEDURE P2() RETURNS TABLE() LANGUAGE SQL AS 'BEGIN RETURN 1; END'",
      'CREATE STAGE ST',
    )
    for (const [sql, names, cells] of SHOWN) {
      const { columns, rows } = await account.run(sql)
      const shown = columns.map((column) => column.name)
      assert.deepEqual(shown.slice(0, names.length), names, sql)
      const row = Object.fromEntries(shown.map((name, i) => [name, rows[0]?.[i]]))
      for (const [name, cell] of Object.entries(cells)) assert.equal(row[name], cell, `${sql}: ${name}`)
    }
    assert.equal((await account.failure('SHOW NONSENSE')).code, '000002')
  })

  it('tells the columns of a former result', async () => {
    await account.run("SELECT 1 AS a, 'x' AS b, CURRENT_DATE AS c")
    const { rows } = await account.run('DESCRIBE RESULT LAST_QUERY_ID()')
    assert.deepEqual(
      rows.map((row) => row.slice(0, 2)),
      [
        ['A', 'NUMBER(1,0)'],
        ['B', 'VARCHAR(16777216)'],
        ['C', 'DATE'],
      ],
    )
  })

  for (const [title, cases] of GROUPS) it(title, () => account.check(cases))
})
