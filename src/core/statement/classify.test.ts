import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { one, refused } from './support.testing.ts'

/** Kind, effects in the order of this table, and statements that have them. */
const KINDS: readonly (readonly [kind: string, effects: string, ...statements: string[]])[] = [
  [
    'SELECT',
    'read',
    'select 1',
    '((SELECT 1) UNION (SELECT 2))',
    'VALUES (1), (2)',
    'WITH a (x) AS (SELECT 1), b AS (SELECT 2) SELECT * FROM a, b',
    '(WITH a AS (SELECT 1) SELECT * FROM a)',
    'WITH RECURSIVE r AS (SELECT 1) SELECT * FROM r',
    "SELECT INSERT('abc', 1, 1, 'x'), (INSERT('a', 1, 1, 'b'))",
    'SELECT * FROM TABLE(FLATTEN(input => v))',
    'SELECT * FROM TABLE(GENERATOR(ROWCOUNT => 3))',
    "SELECT * FROM TABLE(TO_QUERY('SELECT 1'))",
    'SELECT * FROM TABLE(db.INFORMATION_SCHEMA.WAREHOUSE_METERING_HISTORY())',
    'SELECT * FROM TABLE(SELECT 1)',
  ],
  [
    'SELECT',
    'read call',
    'SELECT * FROM TABLE(my_procedure(1))',
    'SELECT * FROM TABLE(d.s.p())',
    "SELECT * FROM TABLE(IDENTIFIER('p')())",
    'SELECT model!PREDICT(1)',
    "SELECT system$send_email('a')",
  ],
  ['SELECT', 'metadata read', 'SHOW TABLES ->> SELECT "name" FROM $1'],
  ['SELECT', 'read', 'SELECT 1 ->> SELECT * FROM $1 ->> SELECT * FROM $1, $2, IDENTIFIER($tbl)'],
  ['SELECT', 'write read', 'INSERT INTO t SELECT 1 ->> SELECT * FROM t'],
  ['INSERT', 'write', 'INSERT INTO t VALUES (1)', 'INSERT OVERWRITE INTO t (a) VALUES (?)'],
  [
    'INSERT',
    'write read',
    'INSERT INTO t SELECT * FROM u',
    'INSERT ALL INTO t INTO u SELECT 1',
    'INSERT FIRST WHEN a THEN INTO t SELECT 1 AS a',
  ],
  ['UPDATE', 'write read', 'UPDATE t SET a = 1', 'update IDENTIFIER($tbl) set a = 1'],
  ['DELETE', 'write read', 'DELETE FROM t WHERE a = 1'],
  ['MERGE', 'write read', 'MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE'],
  ['TRUNCATE', 'write', 'TRUNCATE TABLE t', 'TRUNCATE IF EXISTS t', 'TRUNCATE MATERIALIZED VIEW v'],
  ['COPY_INTO_TABLE', 'write read', 'COPY INTO t FROM @s/x FILE_FORMAT = (TYPE = CSV)'],
  ['COPY_INTO_LOCATION', 'export read', 'COPY INTO @s/x FROM t', "COPY INTO 's3://b/x' FROM (SELECT 1)"],
  ['COPY_FILES', 'export write read', 'COPY FILES INTO @a FROM @b'],
  [
    'CREATE_TABLE',
    'ddl',
    'CREATE TABLE t (a INT)',
    'CREATE OR REPLACE TRANSIENT TABLE IF NOT EXISTS d.s.t (a INT)',
    'CREATE TABLE t LIKE u',
    'CREATE TEMP TABLE t (a INT)',
    'CREATE OR ALTER TABLE t (a INT)',
  ],
  ['CREATE_TABLE_AS', 'ddl write read', 'CREATE TABLE t AS SELECT 1', 'CREATE TABLE t (a) AS (SELECT 1)'],
  ['CREATE_TABLE_CLONE', 'ddl write read', 'CREATE TABLE t CLONE u'],
  [
    'CREATE_DYNAMIC_TABLE',
    'ddl deferred write read',
    "CREATE DYNAMIC TABLE t TARGET_LAG = '1 minute' WAREHOUSE = w AS SELECT 1",
  ],
  ['CREATE_ICEBERG_TABLE', 'ddl export', 'CREATE ICEBERG TABLE t (a INT)'],
  [
    'CREATE_ICEBERG_TABLE',
    'ddl export write read',
    "CREATE ICEBERG TABLE t EXTERNAL_VOLUME = 'v' CATALOG = 'SNOWFLAKE' BASE_LOCATION = 'b' AS SELECT * FROM u",
    'CREATE OR REPLACE ICEBERG TABLE t (a) AS SELECT 1',
  ],
  ['CREATE_TABLE_AS', 'ddl export write read', "CREATE TABLE t EXTERNAL_VOLUME = 'v' AS SELECT 1"],
  ['CREATE_TABLE', 'ddl', 'CREATE TABLE t (external_volume STRING)'],
  ['CREATE_DATABASE', 'ddl export', 'CREATE DATABASE d EXTERNAL_VOLUME = v'],
  ['CREATE_DATABASE', 'ddl rights', 'CREATE DATABASE d FROM SHARE a.s', 'CREATE DATABASE d AS REPLICA OF o.a.d'],
  ['CREATE_SHARE', 'ddl rights deferred export', 'CREATE SHARE s'],
  ['ALTER_SHARE', 'ddl rights deferred export', 'ALTER SHARE s ADD ACCOUNTS = o.a'],
  ['CREATE_LISTING', 'ddl rights deferred export', 'CREATE LISTING x'],
  ['CREATE_EXTERNAL_LISTING', 'ddl rights deferred export', 'CREATE EXTERNAL LISTING x SHARE s AS $$ a: b $$'],
  [
    'CREATE_FAILOVER_GROUP',
    'ddl rights deferred export',
    'CREATE FAILOVER GROUP g OBJECT_TYPES = DATABASES ALLOWED_DATABASES = d ALLOWED_ACCOUNTS = o.a',
  ],
  ['ALTER_REPLICATION_GROUP', 'ddl rights deferred export', 'ALTER REPLICATION GROUP g ADD d TO ALLOWED_DATABASES'],
  ['CREATE_EXTERNAL_VOLUME', 'ddl rights deferred export', 'CREATE EXTERNAL VOLUME v STORAGE_LOCATIONS = (x)'],
  [
    'ALTER_DATABASE',
    'ddl rights export',
    'ALTER DATABASE d ENABLE REPLICATION TO ACCOUNTS o.a',
    'ALTER DATABASE d ENABLE FAILOVER TO ACCOUNTS o.a, o.b',
    'ALTER DATABASE d DISABLE REPLICATION',
  ],
  ['ALTER_DATABASE', 'ddl export', "ALTER DATABASE d SET EXTERNAL_VOLUME = 'v'"],
  ['ALTER_DATABASE', 'ddl rights write', 'ALTER DATABASE d REFRESH', 'ALTER DATABASE d PRIMARY'],
  [
    'ALTER_DATABASE',
    'ddl',
    'ALTER DATABASE d SET DATA_RETENTION_TIME_IN_DAYS = 1',
    "ALTER DATABASE d SET COMMENT = 'x'",
  ],
  [
    'CREATE_EXTERNAL_TABLE',
    'ddl deferred export',
    'CREATE EXTERNAL TABLE t WITH LOCATION = @s/x FILE_FORMAT = (TYPE = CSV)',
  ],
  ['CREATE_VIEW', 'ddl', 'CREATE SECURE VIEW v AS SELECT 1', 'CREATE OR REPLACE RECURSIVE VIEW v AS SELECT 1'],
  ['CREATE_MATERIALIZED_VIEW', 'ddl deferred', 'CREATE MATERIALIZED VIEW v AS SELECT 1'],
  ['CREATE_DATABASE', 'ddl', 'CREATE DATABASE d'],
  ['CREATE_DATABASE_ROLE', 'ddl rights', 'CREATE DATABASE ROLE d.r'],
  ['CREATE_SCHEMA', 'ddl', 'CREATE SCHEMA d.s WITH MANAGED ACCESS'],
  ['CREATE_SEQUENCE', 'ddl', 'CREATE SEQUENCE s START 1'],
  ['CREATE_STAGE', 'ddl export', "CREATE STAGE s URL = 's3://b/x'"],
  ['CREATE_STREAM', 'ddl deferred', 'CREATE STREAM s ON TABLE t'],
  ['CREATE_TASK', 'ddl deferred write read', "CREATE TASK t SCHEDULE = '1 minute' AS INSERT INTO a SELECT 1 FROM b"],
  ['CREATE_TASK', 'ddl deferred call', 'CREATE TASK t EXECUTE AS USER u AS CALL p()'],
  ['CREATE_PIPE', 'ddl deferred write read', 'CREATE PIPE p AUTO_INGEST = TRUE AS COPY INTO t FROM @s'],
  [
    'CREATE_ALERT',
    'ddl deferred write',
    "CREATE ALERT a SCHEDULE = '1 minute' IF (EXISTS (SELECT 1)) THEN INSERT INTO t VALUES (1)",
  ],
  [
    'CREATE_FUNCTION',
    'ddl deferred',
    "CREATE FUNCTION f() RETURNS INT AS '1'",
    'CREATE TEMPORARY FUNCTION f() RETURNS INT LANGUAGE PYTHON AS $$ x $$',
  ],
  ['CREATE_PROCEDURE', 'ddl deferred', 'CREATE PROCEDURE p() RETURNS INT LANGUAGE SQL AS $$ BEGIN RETURN 1; END $$'],
  [
    'CREATE_EXTERNAL_FUNCTION',
    'ddl rights deferred',
    "CREATE EXTERNAL FUNCTION f() RETURNS INT API_INTEGRATION = i AS 'https://x'",
  ],
  ['CREATE_ROLE', 'ddl rights', 'CREATE ROLE r'],
  ['CREATE_USER', 'ddl rights', "CREATE USER u LOGIN_NAME = 'x'"],
  ['CREATE_ROW_ACCESS_POLICY', 'ddl rights', 'CREATE ROW ACCESS POLICY p AS (a INT) RETURNS BOOLEAN -> TRUE'],
  ['CREATE_MASKING_POLICY', 'ddl rights', 'CREATE MASKING POLICY p AS (a STRING) RETURNS STRING -> a'],
  ['CREATE_STORAGE_INTEGRATION', 'ddl rights deferred', 'CREATE STORAGE INTEGRATION i TYPE = EXTERNAL_STAGE'],
  ['CREATE_WAREHOUSE', 'ddl', 'CREATE WAREHOUSE w'],
  [
    'CREATE_SNOWFLAKE_ML_FORECAST',
    'ddl deferred read',
    "CREATE SNOWFLAKE.ML.FORECAST m(INPUT_DATA => SYSTEM$QUERY_REFERENCE('SELECT 1'))",
  ],
  ['ALTER_TABLE', 'ddl', 'ALTER TABLE IF EXISTS t RENAME TO u', 'ALTER TABLE t ADD COLUMN a INT'],
  ['ALTER_TABLE', 'ddl rights', 'ALTER TABLE t MODIFY COLUMN a UNSET MASKING POLICY'],
  ['ALTER_TABLE', 'ddl write', 'ALTER TABLE t SWAP WITH u'],
  ['ALTER_SESSION', 'session', "ALTER SESSION SET QUERY_TAG = 'x'", 'ALTER SESSION UNSET QUERY_TAG'],
  ['ALTER_SESSION_POLICY', 'ddl rights', 'ALTER SESSION POLICY p SET SESSION_IDLE_TIMEOUT_MINS = 5'],
  ['ALTER_TASK', 'ddl deferred', 'ALTER TASK t RESUME'],
  ['ALTER_TASK', 'ddl deferred write', 'ALTER TASK t MODIFY AS INSERT INTO t VALUES (1)'],
  ['ALTER_USER', 'ddl rights', 'ALTER USER u SET DEFAULT_WAREHOUSE = w'],
  ['ALTER_ACCOUNT', 'ddl rights', "ALTER ACCOUNT SET TIMEZONE = 'UTC'"],
  ['DROP_TABLE', 'ddl', 'DROP TABLE IF EXISTS t CASCADE'],
  ['DROP_FUNCTION', 'ddl deferred', 'DROP FUNCTION f(INT)'],
  ['DROP_STORAGE_INTEGRATION', 'ddl rights deferred', 'DROP STORAGE INTEGRATION i'],
  ['UNDROP_TABLE', 'ddl', 'UNDROP TABLE t'],
  ['DESCRIBE', 'metadata', 'DESC TABLE t', 'DESCRIBE VIEW v', 'DESC FUNCTION f(INT)'],
  ['SHOW', 'metadata', "SHOW TERSE TABLES LIKE 'x' IN SCHEMA d.s", 'SHOW GRANTS TO ROLE r', 'SHOW PARAMETERS'],
  ['GRANT', 'rights', 'GRANT SELECT ON ALL TABLES IN SCHEMA s TO ROLE r', 'GRANT ROLE r TO USER u'],
  ['GRANT', 'rights export', 'GRANT SELECT ON TABLE t TO SHARE s'],
  ['REVOKE', 'rights', 'REVOKE ROLE r FROM USER u'],
  ['USE', 'session', 'USE ROLE r', 'USE d', 'USE d.s', 'USE SECONDARY ROLES NONE'],
  ['SET', 'session', "SET x = 'a'", "SET (x, y) = (1, 'b')"],
  ['SET', 'session read', 'SET x = (SELECT 1)'],
  ['UNSET', 'session', 'UNSET x', 'UNSET (x, y)'],
  [
    'TRANSACTION',
    'transaction',
    'BEGIN',
    'BEGIN TRANSACTION',
    'begin work',
    'BEGIN NAME t1',
    'START TRANSACTION',
    'COMMIT',
    'COMMIT WORK',
    'ROLLBACK',
  ],
  ['CALL', 'call', 'CALL d.s.p(1)', 'CALL m!FORECAST(1)', "CALL IDENTIFIER('p')()"],
  ['EXECUTE_TASK', 'call deferred', 'EXECUTE TASK t'],
  ['EXECUTE_DBT_PROJECT', 'call deferred', 'EXECUTE DBT PROJECT p'],
  [
    'EXECUTE_IMMEDIATE',
    'write',
    "EXECUTE IMMEDIATE 'INSERT INTO t VALUES (1)'",
    'EXECUTE IMMEDIATE $$INSERT INTO t VALUES (1)$$',
  ],
  ['EXECUTE_IMMEDIATE', 'ddl', "EXECUTE IMMEDIATE 'EXECUTE IMMEDIATE ''DROP TABLE t'''"],
  ['EXECUTE_IMMEDIATE', 'read', "EXECUTE IMMEDIATE 'SELECT ?' USING (x)"],
  ['EXPLAIN', 'metadata', 'EXPLAIN SELECT 1', 'EXPLAIN USING JSON DELETE FROM t'],
  ['COMMENT', 'ddl', "COMMENT ON TABLE t IS 'x'", "COMMENT IF EXISTS ON COLUMN t.a IS 'x'"],
  ['PUT', 'write', 'PUT file:///tmp/*.csv @s', "PUT 'file:///tmp/a b' @s AUTO_COMPRESS = TRUE"],
  ['GET', 'read export', 'GET @s/x file:///tmp/'],
  ['LIST', 'metadata', 'LIST @s', 'ls @%t'],
  ['REMOVE', 'write', 'REMOVE @s/x', "rm '@s/x'"],
]

const REFUSED: readonly (readonly [code: string, ...statements: string[]])[] = [
  [
    'unknown_statement',
    'foo',
    'foo(1)',
    '"SELECT" 1',
    'SELECT',
    "'SELECT 1'",
    '1',
    'FROM t SELECT 1',
    'CREATE THING x',
    'CREATE TABLE',
    'DROP t',
    'ALTER TABLE',
    'USE',
    'USE ROLE a.b',
    'USE ROLE r s',
    'SET x',
    'ALTER SESSION SET x',
    'ALTER SESSION SET',
    'START',
    'COMMIT AND CHAIN',
    'WITH x AS INSERT INTO t VALUES (1)',
    'WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x',
    'WITH x AS (SELECT 1) DELETE FROM t',
    'SELECT * FROM (INSERT INTO t VALUES (1))',
    'SELECT * FROM (DELETE FROM t)',
    'SELECT * FROM (CALL p())',
    'SELECT (UPDATE t SET a = 1)',
    'EXPLAIN CALL p()',
    'EXPLAIN EXPLAIN SELECT 1',
    'EXPLAIN DROP TABLE t',
    "EXPLAIN EXECUTE IMMEDIATE 'SELECT 1'",
    'CREATE TASK t AS FOO',
    "CREATE TASK t AS 'SELECT 1'",
    'SELECT 1 ->> FOO',
    'SELECT 1 ->>',
    'EXECUTE FOO x',
    'LIST x',
    'GRANT SELECT ON t',
    'COMMENT ON THING x IS 1',
  ],
  [
    'scripting_block',
    'BEGIN SELECT 1; END',
    'BEGIN DROP TABLE t; END;',
    'DECLARE x INT; BEGIN RETURN x; END',
    'IF (TRUE) THEN SELECT 1; END IF',
    'RETURN 1',
    'WITH p AS PROCEDURE () RETURNS INT AS $$ x $$ CALL p()',
    'CREATE PROCEDURE p() RETURNS INT AS BEGIN RETURN 1; END',
    'CREATE PROCEDURE p() RETURNS INT AS BEGIN RETURN 1',
    'CREATE FUNCTION f() RETURNS INT AS DECLARE x INT',
    'CREATE TASK t AS BEGIN DELETE FROM t; END',
    'CREATE ALERT a IF (EXISTS (SELECT 1)) THEN BEGIN DELETE FROM t; END',
    'SELECT 1 INTO :x',
  ],
  [
    'dynamic_sql',
    'EXECUTE IMMEDIATE $x',
    'EXECUTE IMMEDIATE ?',
    "EXECUTE IMMEDIATE 'SELECT ' || '1'",
    'EXECUTE IMMEDIATE (SELECT 1)',
    'EXECUTE IMMEDIATE FROM @s/x.sql',
    'SELECT * FROM TABLE(TO_QUERY($x))',
    "SELECT * FROM TABLE(TO_QUERY('SELECT ' || 1))",
    "SELECT * FROM TABLE(TO_QUERY(SQL => 'DROP TABLE t'))",
  ],
  ['scripting_block', "EXECUTE IMMEDIATE 'BEGIN DROP TABLE t; END'"],
  ['unknown_statement', "EXECUTE IMMEDIATE 'foo'"],
  [
    'flow_state',
    "SET x = 'SNOWFLAKE.ACCOUNT_USAGE.SESSIONS' ->> SELECT * FROM IDENTIFIER($x)",
    'SELECT 1 ->> UNSET tbl ->> SELECT 1',
    'SELECT 1 ->> USE ROLE r',
    "ALTER SESSION SET QUERY_TAG = 'x' ->> SELECT 1",
    'CREATE DATABASE d ->> SELECT 1',
    'CREATE TEMPORARY TABLE t (a INT) ->> SELECT * FROM t',
    'BEGIN ->> SELECT 1 ->> COMMIT',
    "EXECUTE IMMEDIATE 'SET x = 1' ->> SELECT $x",
    "EXECUTE IMMEDIATE 'SET x = 1 ->> SELECT $x'",
    'EXPLAIN SELECT 1 ->> SET x = 1',
  ],
  ['too_deep', `${'CREATE TASK t AS '.repeat(9)} SELECT 1`],
]

describe('kinds and effects', () => {
  for (const [kind, effects, ...statements] of KINDS) {
    for (const sql of statements) {
      it(`${kind}: ${sql}`, () => {
        const statement = one(sql)
        assert.equal(statement.kind, kind)
        assert.deepEqual([...statement.effects].sort(), effects.split(' ').sort())
        assert.equal(statement.fileTransfer, kind === 'PUT' || kind === 'GET')
      })
    }
  }
})

/** What drivers and tools send by themselves. */
const OF_DRIVERS = [
  'SELECT 1',
  'select current_database(), current_schema();',
  'SELECT CURRENT_VERSION()',
  'ALTER SESSION SET autocommit=false',
  'BEGIN',
  'ROLLBACK',
  'use warehouse "wh"',
  'SHOW /* JDBC:DatabaseMetaData.getTables() */ OBJECTS LIKE \'%\' IN DATABASE "D"',
  'SHOW PARAMETERS',
  "CREATE OR REPLACE TEMPORARY STAGE SYSTEM$BIND file_format=(type=csv field_optionally_enclosed_by='\"')",
  "PUT 'file:///tmp/x' '@SYSTEM$BIND/1' overwrite=true auto_compress=false source_compression=gzip",
  'describe table t',
  'create schema if not exists d.s\n/* {"app": "dbt", "node_id": "x"} */',
  'show terse schemas in database d\n/* {"app": "dbt"} */;',
]

describe('what drivers send by themselves', () => {
  for (const sql of OF_DRIVERS) it(sql, () => assert.deepEqual(one(sql).never, []))
})

describe('statements that are not understood', () => {
  for (const [code, ...statements] of REFUSED) {
    for (const sql of statements) it(`${code}: ${sql}`, () => assert.equal(refused(sql).code, code))
  }

  it('ends texts that run texts for ever', () => {
    let sql = 'SELECT 1'
    for (let level = 0; level < 6; level += 1) sql = `EXECUTE IMMEDIATE '${sql.replaceAll("'", "''")}'`
    assert.equal(refused(sql).code, 'too_deep')
  })

  it('is refused for one bad statement among good ones', () => {
    assert.equal(refused('SELECT 1; foo; SELECT 2').code, 'unknown_statement')
  })
})
