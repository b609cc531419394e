import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { NeverRule } from './never-functions.ts'
import { OPTIONS, one, refused, understood } from './support.testing.ts'

/** Every form in which the name of a function can be written, as far as Snowflake takes it or might. */
const FORMS: readonly ((name: string, args: string) => string)[] = [
  (name, args) => `SELECT ${name}(${args})`,
  (name, args) => `select ${name.toLowerCase()} (${args})`,
  (name, args) => `SELECT "${name}"(${args})`,
  (name, args) => `SELECT "${name.toLowerCase()}" (${args})`,
  (name, args) => `SELECT snowflake.core.${name}(${args})`,
  (name, args) => `SELECT x . "Y" /* c */ . ${name} -- c\n (${args})`,
  (name, args) => `SELECT ${name}/**/(${args})`,
  (name, args) => `SELECT ${name} // c\r\n\t(${args})`,
  (name, args) => `SELECT IDENTIFIER('${name}')(${args})`,
  (name, args) => `SELECT IDENTIFIER ( 'a."${name}"' ) (${args})`,
  (name, args) => `SELECT "IDENTIFIER"($$${name}$$)(${args})`,
  (name, args) => `SELECT IDENTIFIER('\\x${name.charCodeAt(0).toString(16)}${name.slice(1)}')(${args})`,
  (name, args) => `SET f = '${name}'; SELECT IDENTIFIER($f)(${args})`,
  (name, args) => `SELECT 1 ->> SELECT ${name}(${args}) FROM $1`,
  (name, args) => `SELECT * FROM (SELECT (((${name}(${args})))))`,
  (name, args) => `EXECUTE IMMEDIATE $$SELECT ${name}(${args})$$`,
  (name, args) => `EXECUTE IMMEDIATE 'SELECT ${name}(${args.replaceAll("'", "''")})'`,
  (name, args) => `SELECT * FROM TABLE(TO_QUERY($$SELECT ${name}(${args})$$))`,
  (name, args) => `CREATE VIEW v AS SELECT ${name}(${args}) AS x`,
  (name, args) => `CREATE TABLE t AS SELECT ${name}(${args}) AS x`,
  (name, args) => `CREATE TASK t AS SELECT ${name}(${args})`,
  (name, args) => `CREATE TASK t AS EXECUTE IMMEDIATE $$SELECT ${name}(${args})$$`,
  (name, args) => `CREATE FUNCTION f() RETURNS STRING AS $$ SELECT ${name.toLowerCase()}(${args}) $$`,
  (name, args) => `CREATE FUNCTION f() RETURNS STRING AS 'SELECT ${name}(${args.replaceAll("'", "''")})'`,
  (name, args) =>
    `CREATE PROCEDURE p() RETURNS STRING AS $$ BEGIN LET x := (SELECT ${name}(${args})); RETURN x; END $$`,
  (name, args) => `INSERT INTO t SELECT ${name}(${args})`,
  (name, args) => `CALL ${name}(${args})`,
  (name, args) => `EXPLAIN SELECT ${name}(${args})`,
  (name, args) => `SET x = (SELECT ${name}(${args}))`,
  (name, args) => `COPY INTO @s FROM (SELECT ${name}(${args}))`,
]

const FUNCTIONS: readonly (readonly [string, NeverRule])[] = [
  ['GET_PRESIGNED_URL', 'mints_url'],
  ['BUILD_STAGE_FILE_URL', 'mints_url'],
  ['BUILD_SCOPED_FILE_URL', 'mints_url'],
  ['GET_STAGE_LOCATION', 'mints_url'],
  ['SYSTEM$GENERATE_SCIM_ACCESS_TOKEN', 'mints_credential'],
  ['SYSTEM$GENERATE_SAML_CSR', 'mints_credential'],
  ['SYSTEM$SOME_NEW_SESSION_TOKEN', 'mints_credential'],
  ['SYSTEM$SHOW_OAUTH_CLIENT_SECRETS', 'reads_secret'],
  ['SYSTEM$GET_SECRET_STRING', 'reads_secret'],
  ['SYSTEM$CANCEL_QUERY', 'reaches_other_users'],
  ['SYSTEM$CANCEL_ALL_QUERIES', 'reaches_other_users'],
  ['SYSTEM$ABORT_SESSION', 'reaches_other_users'],
  ['SYSTEM$ABORT_TRANSACTION', 'reaches_other_users'],
  ['QUERY_HISTORY_BY_SESSION', 'reaches_other_users'],
  ['LOGIN_HISTORY_BY_USER', 'reaches_other_users'],
]

function rulesOf(sql: string): readonly string[] {
  return [
    ...new Set(understood(sql).statements.flatMap((statement) => statement.never.map((match) => match.rule))),
  ].sort()
}

describe('functions of the never-list', () => {
  for (const [name, rule] of FUNCTIONS) {
    it(`${name} in every form`, () => {
      for (const form of FORMS) {
        const sql = form(name, "@s, 'x'")
        assert.deepEqual(rulesOf(sql), [rule], sql)
      }
    })
  }

  it('lets the same forms pass for a function that is harmless', () => {
    for (const form of FORMS) {
      const sql = form('GET_RELATIVE_PATH', "@s, 'x'")
      assert.deepEqual(rulesOf(sql), [], sql)
    }
  })

  it('names what the text wrote', () => {
    const [match] = one("SELECT a.Get_Presigned_Url(@s, 'x')").never
    assert.equal(match?.text, 'A.GET_PRESIGNED_URL() gives out a URL that works without Icecore')
  })
})

const STATEMENTS: readonly (readonly [rule: NeverRule, ...statements: string[]])[] = [
  [
    'mints_url',
    'SELECT file_url FROM DIRECTORY(@s)',
    'SELECT * FROM directory /* c */ ( @d.s.x ) d',
    'SELECT * FROM "DIRECTORY"(@s)',
    "SELECT * FROM DIRECTORY('@s')",
    'SELECT * FROM DIRECTORY(?)',
    "SELECT * FROM DIRECTORY(IDENTIFIER('@s'))",
    'CREATE TABLE t AS SELECT * FROM DIRECTORY(@s)',
    "CREATE FUNCTION f() RETURNS TABLE (u STRING) AS 'SELECT file_url FROM DIRECTORY(@s)'",
    'CREATE STREAM s ON STAGE x',
  ],
  [
    'mints_credential',
    'ALTER USER bob ADD PROGRAMMATIC ACCESS TOKEN t',
    'ALTER USER IF EXISTS bob ADD PAT t ROLE_RESTRICTION = r',
    'alter user bob rotate /* x */ pat t',
    'ALTER USER bob MODIFY PROGRAMMATIC ACCESS TOKEN t SET DISABLED = FALSE',
    'ALTER USER bob REMOVE PAT t',
    "ALTER USER bob SET PASSWORD = 'x'",
    'ALTER USER bob SET "PASSWORD" = \'x\'',
    "ALTER USER bob SET RSA_PUBLIC_KEY_2='MII'",
    'ALTER USER bob RESET PASSWORD',
    'ALTER USER bob ADD DELEGATED AUTHORIZATION OF ROLE r TO SECURITY INTEGRATION i',
    'ALTER USER bob ADD PASSKEY k',
    'CREATE PROCEDURE p() RETURNS INT AS $$ BEGIN ALTER USER bob ADD/**/PAT t; END $$',
    "CREATE PROCEDURE p() RETURNS INT AS 'IF (TRUE) THEN alter /* a */ user bob rotate -- c\n pat t; END IF'",
    'CREATE PROCEDURE p() RETURNS INT AS $$ BEGIN LET r := (EXECUTE IMMEDIATE \'ALTER USER bob ADD "PAT" t\'); END $$',
    'CREATE PROCEDURE p() RETURNS INT AS $$ ALTER USER bob SET "PASSWORD" = \'x\' $$',
    'CREATE PROCEDURE p() RETURNS INT AS $$ BEGIN SELECT 1 ->> ALTER USER bob ADD PAT t; END $$',
    'CREATE PROCEDURE p() RETURNS INT AS $$ BEGIN SHOW TABLES ->> ALTER USER bob ADD PAT t; END $$',
    'CREATE PROCEDURE p() RETURNS INT AS $$ BEGIN CREATE TASK t AS ALTER USER bob RESET PASSWORD; END $$',
    "CREATE USER bob PASSWORD = 'x'",
    "CREATE USER bob WORKLOAD_IDENTITY = (TYPE = AWS ARN = 'x')",
    'CREATE SECURITY INTEGRATION i TYPE = OAUTH',
    'CREATE OR REPLACE SECURITY INTEGRATION i TYPE = SCIM',
    'ALTER SECURITY INTEGRATION i SET ENABLED = TRUE',
    'ALTER INTEGRATION i SET ENABLED = TRUE',
    "CREATE ACCOUNT a ADMIN_NAME = 'x' ADMIN_PASSWORD = 'y'",
    "EXECUTE IMMEDIATE 'ALTER USER bob ADD PAT t'",
    "EXECUTE IMMEDIATE $$EXECUTE IMMEDIATE 'ALTER USER bob ADD PAT t'$$",
    'CREATE TASK t AS ALTER USER bob ADD PAT t',
    'CREATE ALERT a IF (EXISTS (SELECT 1)) THEN ALTER USER bob ADD PAT t',
    'ALTER TASK t MODIFY AS ALTER USER bob ADD PAT t',
    'CREATE PROCEDURE p() RETURNS INT LANGUAGE SQL AS $$ BEGIN ALTER USER bob ADD  PAT t; END $$',
  ],
  [
    'changes_own_user',
    "ALTER USER icecore_svc SET NETWORK_POLICY = 'p'",
    'ALTER USER "ICECORE_SVC" UNSET NETWORK_POLICY',
    'ALTER USER "icecore_svc" SET DISABLED = TRUE',
    'ALTER USER IF EXISTS Icecore_Svc RENAME TO x',
    "ALTER USER IDENTIFIER('icecore_svc') SET DISABLED = TRUE",
    'ALTER USER SET DEFAULT_ROLE = r',
    'DROP USER icecore_svc',
    'CREATE OR REPLACE USER icecore_svc',
    'ALTER ACCOUNT SET NETWORK_POLICY = p',
    'ALTER ACCOUNT UNSET NETWORK_POLICY',
    'ALTER ACCOUNT SET AUTHENTICATION POLICY p',
    'ALTER ACCOUNT UNSET SESSION POLICY',
    "ALTER NETWORK POLICY p SET ALLOWED_IP_LIST = ('1.2.3.4')",
    'DROP NETWORK POLICY p',
    'CREATE OR REPLACE NETWORK POLICY p',
    'ALTER AUTHENTICATION POLICY p SET MFA_ENROLLMENT = OPTIONAL',
    'ALTER NETWORK RULE r SET VALUE_LIST = ()',
    'DROP SECURITY INTEGRATION i',
    'DROP INTEGRATION i',
    'GRANT OWNERSHIP ON USER icecore_svc TO ROLE r',
    'CREATE PROCEDURE p() RETURNS INT AS $$ BEGIN FOR i IN 1 TO 2 DO DROP USER icecore_svc; END FOR; END $$',
    'CREATE PROCEDURE p() RETURNS INT AS $$ DECLARE x INT; BEGIN ASYNC (ALTER USER "icecore_svc" SET DISABLED = TRUE); END $$',
    'CREATE PROCEDURE p() RETURNS INT AS $$ ALTER ACCOUNT SET NETWORK_POLICY = p $$',
  ],
  [
    'reads_secret',
    "CREATE FUNCTION f() RETURNS STRING LANGUAGE PYTHON SECRETS = ('c' = s) HANDLER = 'f' AS $$ x $$",
    "ALTER FUNCTION f() SET SECRETS = ('c' = s)",
  ],
  [
    'reaches_other_users',
    'LIST @~',
    "LIST '@~/x'",
    'SELECT $1 FROM @~/staged',
    "SELECT $1 FROM '@~/staged'",
    'COPY INTO @~ FROM t',
    "CREATE PROCEDURE p() RETURNS INT LANGUAGE PYTHON IMPORTS = ('@~/x.py') HANDLER = 'x'",
    'SELECT * FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY())',
    'SELECT * FROM TABLE(db.information_schema."QUERY_HISTORY" ( ))',
    'SELECT * FROM SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY',
    'SELECT * FROM snowflake . "ACCOUNT_USAGE" . query_history q',
    "SELECT * FROM IDENTIFIER('snowflake.account_usage.sessions')",
    "SELECT * FROM TABLE('snowflake.account_usage.sessions')",
    'SELECT * FROM a, ACCOUNT_USAGE.LOGIN_HISTORY',
    'SELECT * FROM SNOWFLAKE.ORGANIZATION_USAGE.ACCESS_HISTORY',
    'SELECT * FROM SNOWFLAKE.READER_ACCOUNT_USAGE.QUERY_HISTORY',
    'SELECT * FROM QUERY_HISTORY',
    'SELECT * FROM login_history',
    "CALL p(SYSTEM$REFERENCE('VIEW', 'SNOWFLAKE.ACCOUNT_USAGE.SESSIONS'))",
    'CREATE STREAM s ON VIEW snowflake.account_usage.query_history',
    'USE SCHEMA SNOWFLAKE.ACCOUNT_USAGE',
    "USE SCHEMA IDENTIFIER('snowflake.account_usage')",
    "ALTER SESSION SET SEARCH_PATH = '$current, snowflake.account_usage'",
    'SHOW TRANSACTIONS',
    'SHOW LOCKS IN ACCOUNT',
    'SHOW TERSE TRANSACTIONS',
    'show /* c */ terse locks in account',
    'SHOW TERSE SESSIONS',
    'SELECT * FROM SNOWFLAKE.ACCOUNT_USAGE.WAREHOUSE_METERING_HISTORY',
    'SELECT * FROM account_usage.users',
    'SELECT * FROM shared.ACCOUNT_USAGE.copy_history',
    'SELECT * FROM snowflake."DATA_SHARING_USAGE".listing_access_history',
    'SELECT * FROM "SNOWFLAKE" . some_new_usage . t',
    'SELECT * FROM snowflake.telemetry.events',
    'SELECT * FROM snowflake/**/."TELEMETRY"."EVENTS_VIEW"',
    "SELECT * FROM IDENTIFIER('snowflake.local.ai_observability_events')",
    'SELECT * FROM TABLE(\'SNOWFLAKE."LOCAL".x\')',
    "SET v = 'snowflake.telemetry.events'; SELECT * FROM IDENTIFIER($v)",
    'CALL snowflake.local.account_root_budget!GET_SPENDING_HISTORY()',
    'SELECT * FROM TABLE(snowflake.local.get_ai_observability_events())',
    'CREATE DATABASE d FROM SHARE snowflake.account_usage',
    'USE DATABASE snowflake',
    'USE "SNOWFLAKE"',
    'USE SCHEMA snowflake.local',
    'ALTER SESSION SET SEARCH_PATH = \'$current, "SNOWFLAKE".telemetry\'',
    'DESCRIBE TRANSACTION 1',
    'DESCRIBE USER icecore_svc',
    'desc /* c */ user "ICECORE_SVC"',
    "DESC USER IDENTIFIER('icecore_svc')",
    'SHOW PARAMETERS FOR SESSION 123456',
    "SHOW PARAMETERS LIKE 'QUERY_TAG' IN SESSION 123456",
    'SHOW PARAMETERS IN USER',
    'show parameters for user bob',
    'SHOW USER PROGRAMMATIC ACCESS TOKENS FOR USER bob',
    'SHOW USER PATS',
    'SHOW MFA METHODS',
    'SHOW DELEGATED AUTHORIZATIONS BY USER bob',
    'ALTER WAREHOUSE w ABORT ALL QUERIES',
    'ALTER WAREHOUSE IF EXISTS "w" abort /* c */ all queries',
    'SELECT * FROM SNOWFLAKE.TRUST_CENTER.FINDINGS',
    'CALL snowflake."TRUST_CENTER".set_configuration(1)',
    'SELECT * FROM snowflake.monitoring.x',
    'SELECT * FROM "SNOWFLAKE".billing.x',
    'USE SCHEMA snowflake.cortex',
    "ALTER SESSION SET SEARCH_PATH = '$current, snowflake.cortex'",
    'SELECT * FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())',
    'SELECT * FROM TABLE(d.information_schema.alert_history())',
    'CREATE PROCEDURE p() RETURNS TABLE () AS $$ BEGIN LET r RESULTSET := (SHOW LOCKS); RETURN TABLE(r); END $$',
    "CREATE PROCEDURE p() RETURNS INT AS 'show /* c */ terse transactions in account'",
    'CREATE PROCEDURE p() RETURNS INT AS $$ BEGIN LET c CURSOR FOR SHOW SESSIONS; END $$',
    'CREATE PROCEDURE p() RETURNS INT AS $$ BEGIN CASE WHEN TRUE THEN DESC USER icecore_svc; END; END $$',
    "CREATE FUNCTION f() RETURNS TABLE (x INT) AS $$ SELECT * FROM TABLE(RESULT_SCAN('x')) $$",
  ],
  [
    'unknown_name',
    'SELECT * FROM IDENTIFIER(?)',
    'SELECT * FROM IDENTIFIER($unknown)',
    'SELECT IDENTIFIER(:f)(1)',
    'SELECT * FROM TABLE($unknown)',
    'SELECT * FROM TABLE(?)',
    "SELECT * FROM IDENTIFIER('a' || 'b')",
    "SELECT * FROM db.IDENTIFIER('x')",
    "SELECT IDENTIFIER('a b c')(1)",
    'UNSET tbl; SELECT * FROM IDENTIFIER($tbl)',
    'CALL p(); SELECT * FROM IDENTIFIER($tbl)',
    'CALL p() ->> SELECT * FROM IDENTIFIER($tbl)',
    "EXECUTE IMMEDIATE 'SET x = ''a''; CALL p()'; SELECT * FROM IDENTIFIER($x)",
    "SELECT SYSTEM$SEND_EMAIL('a'); SELECT * FROM TABLE($tbl)",
  ],
  [
    'unread_code',
    'CREATE PROCEDURE p() RETURNS INT LANGUAGE PYTHON HANDLER = \'f\' AS $$ s.sql("alter" + " user ...") $$',
    "create or replace temp procedure p() returns string language /* c */ javascript as 'x'",
    "CREATE PROCEDURE p() RETURNS INT LANGUAGE JAVA IMPORTS = ('@s/x.jar') HANDLER = 'X.f'",
    'CREATE PROCEDURE p() RETURNS INT LANGUAGE SCALA AS $$ x $$',
    'CREATE PROCEDURE p() RETURNS INT LANGUAGE SQL LANGUAGE PYTHON AS $$ x $$',
    'CREATE PROCEDURE p() RETURNS INT LANGUAGE BRAINFUCK AS $$ x $$',
    'CREATE PROCEDURE p() RETURNS INT LANGUAGE "python" AS $$ x $$',
    'CREATE FUNCTION f() RETURNS INT LANGUAGE PYTHON AS $$ x $$',
    'CREATE AGGREGATE FUNCTION f(language INT) RETURNS INT LANGUAGE PYTHON AS $$ x $$',
    'CREATE TASK t AS CREATE PROCEDURE p() RETURNS INT LANGUAGE PYTHON AS $$ x $$',
    "EXECUTE IMMEDIATE 'CREATE PROCEDURE p() RETURNS INT LANGUAGE PYTHON AS $$ x $$'",
    "CREATE PROCEDURE p() RETURNS INT AS $$ BEGIN CREATE PROCEDURE q() RETURNS INT LANGUAGE PYTHON AS 'x'; END $$",
    "CREATE STREAMLIT s FROM '@s' MAIN_FILE = 'x.py'",
    "CREATE NOTEBOOK n FROM '@s' MAIN_FILE = 'x.ipynb'",
    'CREATE SERVICE s IN COMPUTE POOL p FROM SPECIFICATION $$ x $$',
    'ALTER SERVICE s FROM SPECIFICATION $$ x $$',
    'EXECUTE JOB SERVICE IN COMPUTE POOL p FROM SPECIFICATION $$ x $$',
    "CREATE DBT PROJECT p FROM '@s'",
    'CREATE APPLICATION a FROM APPLICATION PACKAGE p',
    'CREATE AGENT a FROM SPECIFICATION $$ x $$',
    'CREATE MCP SERVER m FROM SPECIFICATION $$ x $$',
    'CREATE MODEL m FROM @s/x',
  ],
]

/** What looks alike and must pass. */
const HARMLESS = [
  'SELECT query_history_note, get_presigned_url FROM t',
  "SELECT 'GET_PRESIGNED_URL(@s)', 'alter user bob add pat', 'mail me @~ noon' FROM t",
  'SELECT $$QUERY_HISTORY()$$',
  'SELECT 1 -- get_presigned_url(@s)\n/* SYSTEM$CANCEL_QUERY(1) */',
  'SELECT t.query_history, x AS query_history, v:query_history FROM t',
  'SELECT * FROM mydb.public.query_history',
  'SELECT * FROM sessions JOIN access_history',
  'SELECT * FROM d.local.t, d.telemetry.events, d.s.account_usage, d.app_usage.t',
  "SELECT SNOWFLAKE.CORTEX.COMPLETE('m', 'x'), x AS local",
  'SELECT local.a FROM telemetry.events',
  'USE DATABASE snowflake_notes',
  'USE SCHEMA d.telemetry',
  "ALTER SESSION SET SEARCH_PATH = '$current, d.local'",
  'SHOW TERSE TABLES',
  "SHOW TABLES LIKE 'LOCKS'",
  'INSERT INTO directory (a) VALUES (1)',
  'SELECT directory FROM t',
  'CREATE STAGE s DIRECTORY = (ENABLE = TRUE)',
  'CREATE STREAM s ON TABLE stage',
  "SELECT * FROM IDENTIFIER('sales.public.orders')",
  'SELECT * FROM IDENTIFIER($tbl)',
  "CALL p(); SET x = 'a'; SELECT * FROM IDENTIFIER($x)",
  "EXECUTE IMMEDIATE 'CALL p(); SET x = ''a'''; SELECT * FROM IDENTIFIER($x)",
  'SELECT * FROM TABLE($tbl)',
  "SELECT SYSTEM$TYPEOF(1), SYSTEM$CLUSTERING_INFORMATION('t'), SYSTEM$ALLOWLIST()",
  'SELECT * FROM @s/path',
  'LIST @%t',
  "CREATE USER bob LOGIN_NAME = 'x' DEFAULT_ROLE = r COMMENT = 'no password'",
  'ALTER USER bob SET DEFAULT_WAREHOUSE = w',
  'ALTER USER bob SET DISABLED = TRUE',
  'DROP USER bob',
  'CREATE NETWORK POLICY p',
  'CREATE AUTHENTICATION POLICY p',
  'DROP STORAGE INTEGRATION i',
  "ALTER ACCOUNT SET TIMEZONE = 'UTC'",
  'GRANT ROLE r TO USER bob',
  'SHOW USERS',
  'SHOW USER FUNCTIONS',
  'SHOW TERSE USER PROCEDURES IN SCHEMA s',
  'SHOW NETWORK POLICIES',
  'DESC USER bob',
  "DESC USER IDENTIFIER('bob')",
  'SHOW PARAMETERS',
  'SHOW PARAMETERS IN SESSION',
  "SHOW PARAMETERS LIKE 'USER' FOR SESSION",
  'SHOW PARAMETERS IN TABLE t',
  "ALTER WAREHOUSE w SET COMMENT = 'abort all queries'",
  'SELECT * FROM TABLE(INFORMATION_SCHEMA.WAREHOUSE_METERING_HISTORY())',
  'SELECT trust_center.findings FROM d.trust_center.findings',
  'CREATE PROCEDURE language(python INT) RETURNS TABLE (language python) AS $$ SELECT 1 $$',
  'DROP STREAMLIT s',
  'ALTER SERVICE s SUSPEND',
  "ALTER STREAMLIT s SET COMMENT = 'x'",
  'EXECUTE NOTEBOOK n()',
  "CALL p('LANGUAGE PYTHON')",
  'SELECT language FROM python',
  'USE SCHEMA d.account_usage_notes',
  "ALTER SESSION SET SEARCH_PATH = '$current, d.s'",
  "CREATE FUNCTION f() RETURNS INT COMMENT = 'unlike GET_PRESIGNED_URL' AS $$ 1 $$",
  'CREATE FUNCTION f() RETURNS INT AS $$ my_get_presigned_url_note + query_history_note $$',
  "CREATE TABLE t (password STRING, query_history STRING COMMENT 'x')".replace('query_history', 'history'),
]

describe('statements of the never-list', () => {
  for (const [rule, ...statements] of STATEMENTS) {
    for (const sql of statements) {
      it(`${rule}: ${sql}`, () => assert.ok(rulesOf(sql).includes(rule), rulesOf(sql).join()))
    }
  }
  for (const sql of HARMLESS) it(`passes: ${sql}`, () => assert.deepEqual(rulesOf(sql), []))

  it('knows own user from options alone', () => {
    assert.deepEqual(one('DROP USER icecore_svc', { ...OPTIONS, ownUser: 'OTHER' }).never, [])
  })
})

/** Bodies in SQL, each of which reads what belongs to others or hides what it reads. */
const BODIES: readonly (readonly [rule: NeverRule, ...bodies: string[]])[] = [
  [
    'reaches_other_users',
    'SELECT ARRAY_AGG(OBJECT_CONSTRUCT(*)) FROM snowflake."ACCOUNT_USAGE"."SESSIONS"',
    'SELECT 1 FROM snowflake.account_usage/**/.access_history',
    'SELECT 1 FROM snowflake.account_usage.credentials',
    'SELECT 1 FROM snowflake /* a */ . /* b */ "TELEMETRY" . events',
    "SELECT 1 FROM IDENTIFIER('snow\\x66lake.local.x')",
    'SELECT 1 FROM TABLE(\'snowflake."LOCAL".x\')',
    'SELECT 1 FROM db.information_schema."QUERY_HISTORY"()',
    "BEGIN EXECUTE IMMEDIATE 'SELECT 1 FROM snowflake/**/.telemetry.events'; END",
    "SELECT 1 FROM TABLE(TO_QUERY(SQL => 'SELECT 1 FROM snowflake/**/.telemetry.events'))",
  ],
  ['unknown_name', 'SELECT 1 FROM IDENTIFIER($tbl)', 'BEGIN SELECT 1 FROM IDENTIFIER(:name); END'],
  ['mints_url', 'SELECT file_url FROM directory/**/(@s)'],
]
const HEADS: readonly string[] = [
  'CREATE FUNCTION f(language STRING) RETURNS INT AS',
  'CREATE FUNCTION f(language python) RETURNS INT AS',
  'CREATE FUNCTION f() RETURNS TABLE (language python) LANGUAGE SQL AS',
  'CREATE OR REPLACE SECURE PROCEDURE p() RETURNS INT LANGUAGE SQL EXECUTE AS CALLER AS',
  'CREATE DATA METRIC FUNCTION f(t TABLE (a INT)) RETURNS NUMBER AS',
]
const HARMLESS_BODIES = [
  'SELECT a FROM d.telemetry.events JOIN "D"."LOCAL".t',
  "BEGIN LET x := (SELECT 1); IF (x > 0) THEN INSERT INTO t VALUES (:x); END IF; RETURN CASE WHEN x > 1 THEN 'a' END; END",
  "SELECT 'it''s', IDENTIFIER('sales.public.orders') -- done",
  "BEGIN EXECUTE IMMEDIATE 'SELECT 1 FROM d.local.x'; END",
  'WITH procedure AS (SELECT 1 AS language) SELECT language FROM procedure',
]

function withBody(head: string, body: string): readonly string[] {
  return [`${head} $$${body} $$`, `${head} '${body.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`]
}

describe('bodies in SQL', () => {
  for (const head of HEADS) {
    it(`are read: ${head}`, () => {
      for (const [rule, ...bodies] of BODIES) {
        for (const sql of bodies.flatMap((body) => withBody(head, body))) assert.ok(rulesOf(sql).includes(rule), sql)
      }
      for (const sql of HARMLESS_BODIES.flatMap((body) => withBody(head, body))) assert.deepEqual(rulesOf(sql), [], sql)
    })

    it(`are refused when they cannot be read: ${head}`, () => {
      assert.equal(refused(`${head} 'SELECT "a'`).code, 'unterminated_name')
      assert.match(refused(`${head} 'SELECT "a'`).text, /^in the body: .* \(line 1, column 8\) \(line 1, column \d+\)$/)
      assert.equal(refused(`${head} $$SELECT /* a $$`).code, 'unterminated_comment')
      assert.equal(refused(`${head} $$SELECT (1]$$`).code, 'unbalanced_bracket')
      assert.equal(refused(`${head} $$SELECT ${'TABLE('.repeat(200)}$$`).code, 'too_deep')
      assert.equal(refused(`${head} $$BEGIN EXECUTE IMMEDIATE 'SELECT "a'; END$$`).code, 'unterminated_name')
    })
  }

  it('are not looked for in URLs and in comments', () => {
    for (const sql of [
      "CREATE EXTERNAL FUNCTION f() RETURNS INT API_INTEGRATION = i AS 'https://x'",
      "CREATE FUNCTION f() RETURNS INT COMMENT = $$ it's \" $$ AS '1'",
      "CREATE PROCEDURE p(a STRING DEFAULT 'it''s \"') RETURNS INT AS 'SELECT 1'",
    ]) {
      assert.deepEqual(rulesOf(sql), [], sql)
    }
  })

  const refusedBodies: readonly (readonly [code: string, ...bodies: string[]])[] = [
    [
      'dynamic_sql',
      'BEGIN EXECUTE IMMEDIATE :q; END',
      'BEGIN LET r RESULTSET := (EXECUTE IMMEDIATE q); END',
      "BEGIN EXECUTE IMMEDIATE 'ALTER USER ' || :u; END",
      'SELECT * FROM TABLE(TO_QUERY(q))',
    ],
    [
      'scripting_block',
      "BEGIN EXECUTE IMMEDIATE 'BEGIN RETURN 1; END'; END",
      "BEGIN LET r RESULTSET := (WITH p AS PROCEDURE () RETURNS INT LANGUAGE PYTHON AS 'x' CALL p()); END",
      "WITH p AS/**/PROCEDURE () RETURNS INT LANGUAGE PYTHON AS 'x' CALL p()",
    ],
    [
      'deferred_state',
      'BEGIN USE ROLE accountadmin; END',
      "BEGIN EXECUTE IMMEDIATE 'USE SECONDARY ROLES ALL'; END",
      "BEGIN ALTER SESSION SET QUERY_TAG = ''; END",
      "SET x = 'a'",
      'BEGIN UNSET x; END',
    ],
    ['unknown_statement', 'BEGIN ALTER THING x; END', 'BEGIN GRANT nothing; END'],
  ]
  for (const [code, ...bodies] of refusedBodies) {
    it(`are refused as ${code}`, () => {
      for (const sql of bodies.flatMap((body) => withBody('CREATE PROCEDURE p() RETURNS INT AS', body))) {
        assert.equal(refused(sql).code, code, sql)
      }
    })
  }

  it('give their effects to what creates them', () => {
    const effectsOf = (body: string): readonly string[] =>
      one(`CREATE PROCEDURE p() RETURNS INT AS $$${body}$$`).effects
    assert.deepEqual(effectsOf('BEGIN RETURN 1; END'), ['ddl', 'deferred'])
    assert.deepEqual(effectsOf('BEGIN GRANT ROLE r TO USER u; END'), ['ddl', 'deferred', 'rights'])
    assert.deepEqual(effectsOf('BEGIN COPY INTO @s FROM t; CALL p(); END'), [
      'ddl',
      'deferred',
      'export',
      'read',
      'call',
    ])
  })
})

it('what runs later changes no session', () => {
  assert.equal(refused('CREATE TASK t AS USE ROLE accountadmin').code, 'deferred_state')
  assert.equal(refused("CREATE TASK t AS EXECUTE IMMEDIATE 'USE ROLE accountadmin'").code, 'deferred_state')
  assert.deepEqual(one("CREATE TASK t AS EXECUTE IMMEDIATE 'SELECT 1'").stateChanges, [])
})
