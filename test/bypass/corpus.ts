/**
 * Ways around Icecore, each with the reason by which it is refused and a harmless twin that must run: a door that
 * refuses everything fails here too. A statement that lands here stays here.
 */

export interface Bypass {
  /** The reason's code in the denial. */
  readonly code: string
  readonly attack: string
  readonly twin: string
}

const row = (code: string, attack: string, twin: string): Bypass => ({ code, attack, twin })

/** A result that nobody here owns. */
const FOREIGN = '01b899f1-0712-45a6-0040-e00702ffffff'

const CREDENTIALS: readonly Bypass[] = [
  row('never_mints_credential', 'ALTER USER x ADD PROGRAMMATIC ACCESS TOKEN t', "SELECT 'ALTER USER x ADD PAT t' AS T"),
  row('never_mints_credential', 'alter/**/user x/*;*/add pat t', 'select/**/1/*;*/as pat'),
  row('never_mints_credential', 'ALTER USER x ROTATE PAT t', 'SELECT 1 AS ROTATE'),
  row('never_mints_credential', "CREATE USER u PASSWORD = 'x'", "SELECT 'x' AS PASSWORD"),
  row('never_mints_credential', "ALTER USER IF EXISTS u SET RSA_PUBLIC_KEY = 'MII'", 'SELECT 1 AS RSA_PUBLIC_KEY'),
  row('never_mints_credential', 'ALTER USER u SET "PASSWORD" = \'x\'', 'SELECT 1 AS "PASSWORD"'),
  row('never_mints_credential', 'ALTER USER u RESET PASSWORD', 'SELECT 1 AS RESET'),
  row(
    'never_mints_credential',
    "SELECT SYSTEM$GENERATE_SCIM_ACCESS_TOKEN('X')",
    "SELECT 'SYSTEM$GENERATE_SCIM_ACCESS_TOKEN' AS F",
  ),
  row(
    'never_mints_credential',
    'SELECT SYSTEM$FRESH_TOKEN_OF_SOME_KIND()',
    'SELECT SYSTEM$TYPEOF(1) AS FRESH_TOKEN_OF_SOME_KIND',
  ),
  row(
    'never_mints_credential',
    'CREATE SECURITY INTEGRATION i TYPE = SCIM SCIM_CLIENT = GENERIC',
    'SELECT 1 AS INTEGRATION',
  ),
  row('never_changes_own_user', 'DROP USER ICECORE', 'SELECT 1 AS ICECORE'),
  row('never_changes_own_user', 'ALTER USER "ICECORE" SET DISABLED = TRUE', 'SELECT 1 AS DISABLED'),
  row(
    'never_changes_own_user',
    "ALTER USER IDENTIFIER('icecore') SET DISABLED = TRUE",
    "SELECT ID FROM IDENTIFIER('SHOP.CRM.CUSTOMERS') LIMIT 1",
  ),
  row('never_changes_own_user', 'ALTER ACCOUNT SET NETWORK_POLICY = p', 'SELECT 1 AS NETWORK_POLICY'),
  row('never_changes_own_user', 'CREATE OR REPLACE NETWORK POLICY p', 'SELECT 1 AS POLICY'),
  row(
    'never_reads_secret',
    'SELECT SYSTEM$SHOW_OAUTH_CLIENT_SECRETS($$I$$)',
    'SELECT $$SYSTEM$SHOW_OAUTH_CLIENT_SECRETS$$ AS F',
  ),
  row('never_mints_credential', 'SELECT 1; ALTER USER icecore ADD PAT t', 'SELECT 1; SELECT 2 AS PAT'),
  row('never_mints_credential', "EXECUTE IMMEDIATE 'ALTER USER icecore ADD PAT t'", "EXECUTE IMMEDIATE 'SELECT 1'"),
  row('never_mints_credential', 'EXECUTE IMMEDIATE $$ALTER USER icecore ADD PAT t$$', 'EXECUTE IMMEDIATE $$SELECT 1$$'),
]

const URLS: readonly Bypass[] = [
  row('never_mints_url', "SELECT GET_PRESIGNED_URL(@s, 'a')", "SELECT 'GET_PRESIGNED_URL(@s)' AS F"),
  row('never_mints_url', "SELECT get_presigned_url /* x */ (@s, 'a')", 'SELECT 1 /* get_presigned_url(@s) */'),
  row('never_mints_url', 'SELECT "GET_PRESIGNED_URL"(@s, \'a\')', 'SELECT 1 AS "GET_PRESIGNED_URL"'),
  row('never_mints_url', "SELECT BUILD_STAGE_FILE_URL(@s, 'a')", 'SELECT 1 AS BUILD_STAGE_FILE_URL'),
  row(
    'never_mints_url',
    "SELECT ID, (SELECT BUILD_SCOPED_FILE_URL(@s, 'a')) FROM SHOP.CRM.CUSTOMERS",
    'SELECT ID, (SELECT 1) AS A FROM SHOP.CRM.CUSTOMERS LIMIT 1',
  ),
  row(
    'never_mints_url',
    "WITH x AS (SELECT SNOWFLAKE.CORE.GET_PRESIGNED_URL(@s, 'a') AS u) SELECT * FROM x",
    'WITH x AS (SELECT 1 AS u) SELECT * FROM x',
  ),
  row('never_mints_url', "SELECT 1 --\n, GET_PRESIGNED_URL(@s, 'a')", "SELECT 1 -- , GET_PRESIGNED_URL(@s, 'a')"),
  row(
    'never_mints_url',
    "SELECT 'it''s', GET_PRESIGNED_URL(@s, 'a'), ''",
    "SELECT 'it''s, GET_PRESIGNED_URL(@s), ' AS T",
  ),
  row(
    'never_mints_url',
    "SELECT 'a\\'', GET_PRESIGNED_URL(@s, 'b'), '\\''",
    "SELECT 'a\\', GET_PRESIGNED_URL(@s, b), \\'' AS T",
  ),
  row(
    'never_mints_url',
    "CREATE VIEW SHOP.CRM.V AS SELECT GET_PRESIGNED_URL(@s, 'a') AS U",
    'CREATE OR REPLACE TEMPORARY TABLE TWIN AS SELECT 1 AS U',
  ),
  row('never_mints_url', 'INSERT INTO T SELECT GET_STAGE_LOCATION(@s)', 'INSERT INTO TWIN SELECT 2'),
  row('never_mints_url', "SELECT IDENTIFIER('get_presigned_url')(@s, 'a')", "SELECT 'get_presigned_url' AS F"),
]

const OTHERS: readonly Bypass[] = [
  row(
    'never_reaches_other_users',
    'SELECT * FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY())',
    'SELECT 1 AS QUERY_HISTORY',
  ),
  row(
    'never_reaches_other_users',
    'SELECT * FROM SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY',
    'SELECT COUNT(*) FROM SHOP.INFORMATION_SCHEMA.TABLES',
  ),
  row(
    'never_reaches_other_users',
    'select * from "SNOWFLAKE"."ACCOUNT_USAGE"."LOGIN_HISTORY"',
    'select 1 as "LOGIN_HISTORY"',
  ),
  row(
    'never_reaches_other_users',
    "SELECT * FROM IDENTIFIER('snowflake.account_usage.query_history')",
    "SELECT ID FROM IDENTIFIER('shop.crm.customers') LIMIT 1",
  ),
  row(
    'never_reaches_other_users',
    "SELECT * FROM TABLE('SNOWFLAKE.ACCOUNT_USAGE.SESSIONS')",
    "SELECT 'SNOWFLAKE.ACCOUNT_USAGE.SESSIONS' AS T",
  ),
  row('never_reaches_other_users', 'USE SCHEMA SNOWFLAKE.ACCOUNT_USAGE', 'USE SCHEMA SHOP.SALES'),
  row(
    'never_reaches_other_users',
    "ALTER SESSION SET SEARCH_PATH = '$current, SNOWFLAKE.ACCOUNT_USAGE'",
    "ALTER SESSION SET TIMEZONE = 'UTC'",
  ),
  row('never_reaches_other_users', "SELECT SYSTEM$CANCEL_QUERY('x')", 'SELECT 1 AS CANCEL_QUERY'),
  row('never_reaches_other_users', 'SELECT SYSTEM$CANCEL_ALL_QUERIES(1)', 'SELECT 2'),
  row('never_reaches_other_users', 'SELECT SYSTEM$ABORT_SESSION(1)', 'SELECT 3'),
  row('never_reaches_other_users', 'SHOW TRANSACTIONS IN ACCOUNT', 'SHOW TABLES IN SCHEMA SHOP.SALES'),
  row('never_reaches_other_users', 'DESC USER ICECORE', 'DESC TABLE SHOP.CRM.CUSTOMERS'),
  row('never_reaches_other_users', 'SHOW PARAMETERS FOR SESSION 1', 'SHOW PARAMETERS IN SESSION'),
  row('never_reaches_other_users', 'SHOW USER PROGRAMMATIC ACCESS TOKENS', 'SHOW SCHEMAS IN DATABASE SHOP'),
  row('never_reaches_other_users', 'ALTER WAREHOUSE W ABORT ALL QUERIES', 'SELECT 1 AS ABORT'),
  row('never_reaches_other_users', 'SELECT * FROM SNOWFLAKE.TRUST_CENTER.FINDINGS', 'SELECT 1 AS TRUST_CENTER'),
  row(
    'never_reaches_other_users',
    'CREATE PROCEDURE P() RETURNS INT AS $$ BEGIN LET R RESULTSET := (SHOW/**/LOCKS); RETURN 1; END $$',
    'SELECT $$ SHOW LOCKS $$ AS T',
  ),
  row('never_reaches_other_users', 'LIST @~', "SELECT 'the stage @~' AS T"),
  row('never_reaches_other_users', 'SELECT $1 FROM @~/x.csv', 'SELECT $1 FROM VALUES (1)'),
  row('never_unknown_name', 'SELECT * FROM IDENTIFIER(?)', "SELECT ID FROM IDENTIFIER('SHOP.CRM.CUSTOMERS') LIMIT 2"),
  row('never_unknown_name', 'SELECT * FROM TABLE($unknown)', "SELECT 'TABLE($unknown)' AS T"),
]

const RESULTS: readonly Bypass[] = [
  row(
    'result_not_own',
    `SELECT * FROM TABLE(RESULT_SCAN('${FOREIGN}'))`,
    'SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))',
  ),
  row(
    'result_not_own',
    `SELECT * FROM TABLE(/**/"RESULT_SCAN"('${FOREIGN.toUpperCase()}'))`,
    `SELECT '${FOREIGN}' AS ID`,
  ),
  row('result_not_own', `SELECT * FROM (SELECT 1), TABLE(RESULT_SCAN('${FOREIGN}')) r`, "SELECT 'RESULT_SCAN' AS F"),
  row(
    'result_not_own',
    `SELECT 1 UNION SELECT * FROM TABLE(result_scan /**/ ('${FOREIGN}'))`,
    'SELECT 1 UNION SELECT 2',
  ),
  row('result_reference', 'SELECT * FROM TABLE(RESULT_SCAN($x))', "SELECT 'RESULT_SCAN($x)' AS T"),
  row('result_reference', 'SELECT * FROM TABLE(RESULT_SCAN(?))', "SELECT 'RESULT_SCAN(?)' AS T"),
  row(
    'result_reference',
    `SELECT * FROM TABLE(RESULT_SCAN('${FOREIGN.slice(0, 18)}' || '${FOREIGN.slice(18)}'))`,
    "SELECT 'a' || 'b' AS T",
  ),
]

const ROLES: readonly Bypass[] = [
  row('role', 'USE ROLE SYSADMIN', 'USE ROLE ANALYST'),
  row('role', 'use role "SYSADMIN"', 'use role "ANALYST"'),
  row('role', "USE ROLE IDENTIFIER('SYSADMIN')", "USE ROLE IDENTIFIER('ANALYST')"),
  row('role', 'USE/**/ROLE--\nACCOUNTADMIN', 'USE/**/ROLE--\nANALYST'),
  row('role', 'SELECT 1; USE ROLE SYSADMIN', 'SELECT 1; USE ROLE ANALYST'),
  row(
    'never_reaches_other_users',
    `SET T = 'ORDERS'; SET "t" = 'SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY'; SELECT 1 FROM IDENTIFIER($T)`,
    `SET T = 'NOTHING'; SET "t" = 'ORDERS'; SELECT COUNT(*) FROM IDENTIFIER('ORDERS')`,
  ),
  row('role', "SET R = 'SYSADMIN'; USE ROLE IDENTIFIER($R)", "SET Q = 'ANALYST'; SELECT $Q"),
  row('secondary_roles', 'USE SECONDARY ROLES ALL', 'USE SECONDARY ROLES NONE'),
  row('secondary_roles', 'USE SECONDARY ROLES SYSADMIN', 'use secondary roles none'),
  row('context_unknown', 'USE SCHEMA IDENTIFIER($WHERE)', "USE SCHEMA IDENTIFIER('SALES')"),
  row('parameter', 'ALTER SESSION SET LOG_LEVEL = DEBUG', 'ALTER SESSION SET WEEK_START = 1'),
  row(
    'parameter',
    "ALTER SESSION SET TIMEZONE = 'UTC', PREVENT_UNLOAD_TO_INLINE_URL = FALSE",
    "ALTER SESSION SET TIMEZONE = 'UTC', WEEK_START = 1",
  ),
  row('role', 'USE ROLE IDENTIFIER($OTHER)', "SET R = 'ANALYST'; USE ROLE IDENTIFIER($R)"),
  row('parameter', 'ALTER SESSION SET ABORT_DETACHED_QUERY = TRUE', 'ALTER SESSION SET AUTOCOMMIT = TRUE'),
]

const HIDDEN: readonly Bypass[] = [
  row('effect_call', 'CALL do_it()', "SELECT 'CALL do_it()' AS T"),
  row('scripting_block', 'BEGIN SELECT 1; END', 'SELECT 1 AS "BEGIN"'),
  row('scripting_block', 'DECLARE x INT; BEGIN RETURN 1; END', 'SELECT 1 AS "DECLARE"'),
  row('role', "EXECUTE IMMEDIATE 'USE ROLE SYSADMIN'", "SELECT 'EXECUTE IMMEDIATE' AS T"),
  row('role', 'EXECUTE IMMEDIATE $$ USE ROLE SYSADMIN $$', 'SELECT $$ USE ROLE SYSADMIN $$ AS T'),
  row(
    'scripting_block',
    "WITH p AS PROCEDURE () RETURNS INT LANGUAGE SQL AS 'x' CALL p()",
    'WITH p AS (SELECT 1 AS A) SELECT A FROM p',
  ),
  row('dynamic_sql', 'EXECUTE IMMEDIATE $x', "EXECUTE IMMEDIATE 'SELECT 2'"),
  row('dynamic_sql', "EXECUTE IMMEDIATE 'SEL' || 'ECT 1'", "SELECT 'SEL' || 'ECT 1' AS T"),
]

/** Code that cannot be read, and texts that are put together where they run. */
const CODE: readonly Bypass[] = [
  row(
    'never_unread_code',
    "CREATE PROCEDURE P() RETURNS STRING LANGUAGE PYTHON HANDLER = 'f' AS $$ s.sql('alter ' + 'user x') $$",
    "SELECT 'LANGUAGE PYTHON' AS LANGUAGE",
  ),
  row(
    'never_unread_code',
    'CREATE FUNCTION F() RETURNS INT LANGUAGE/**/JAVASCRIPT AS $$ 1 $$',
    'SELECT 1 AS JAVASCRIPT',
  ),
  row('never_unread_code', "CREATE STREAMLIT A FROM '@S'", 'SELECT 1 AS STREAMLIT'),
  row(
    'scripting_block',
    'WITH p AS PROCEDURE () RETURNS INT LANGUAGE PYTHON AS $$ x $$ CALL p()',
    'WITH p AS (SELECT 2 AS A) SELECT A FROM p',
  ),
  row(
    'dynamic_sql',
    'CREATE PROCEDURE P() RETURNS INT AS $$ BEGIN EXECUTE IMMEDIATE :q; END $$',
    'SELECT $$ EXECUTE IMMEDIATE :q $$ AS T',
  ),
  row(
    'deferred_state',
    'CREATE PROCEDURE P() RETURNS INT EXECUTE AS CALLER AS $$ BEGIN USE ROLE SYSADMIN; END $$',
    'SELECT $$ USE ROLE SYSADMIN $$ AS T',
  ),
  row(
    'never_mints_credential',
    'CREATE PROCEDURE P() RETURNS INT AS $$ BEGIN ALTER USER x ADD /* a */ PAT t; END $$',
    'SELECT $$ ALTER USER x ADD PAT t $$ AS T',
  ),
  row('never_unknown_name', 'CALL p(); SELECT * FROM IDENTIFIER($v)', "SET v = 'SHOP.CRM.CUSTOMERS'; SELECT $v"),
]

/** Files in stages, and models. */
const USES: readonly Bypass[] = [
  row('use_stage', 'SELECT $1 FROM @SHOP.SALES.S', "SELECT '@SHOP.SALES.S' AS T"),
  row('use_stage', "SELECT $1 FROM SHOP.CRM.CUSTOMERS, '@SHOP.SALES.S/a'", "SELECT 1 WHERE '@a' IN ('@a', '@b')"),
  row('use_stage', "SELECT TO_FILE('@SHOP.SALES.S/a')", 'SELECT 1 AS TO_FILE'),
  row('use_stage', "SELECT IDENTIFIER('try_to_file')('@SHOP.SALES.S', 'a')", "SELECT 'try_to_file' AS F"),
  row('use_stage', 'LIST @SHOP.SALES.S', "SELECT 'LIST @S' AS T"),
  row('use_stage', 'REMOVE @SHOP.SALES.S/a', "SELECT 'REMOVE @S' AS T"),
  row('use_stage', "COPY INTO T FROM 's3://bucket/x'", "SELECT 's3://bucket/x' AS U"),
  row(
    'use_stage',
    "SELECT * FROM TABLE(INFER_SCHEMA(LOCATION => '@S', FILE_FORMAT => 'F'))",
    'SELECT 1 AS INFER_SCHEMA',
  ),
  row('use_model', "SELECT AI_COMPLETE('m', EMAIL) FROM SHOP.CRM.CUSTOMERS", "SELECT 'AI_COMPLETE' AS F"),
  row('use_model', "SELECT snowflake . \"CORTEX\" . complete('m', 'p')", 'SELECT 1 AS CORTEX'),
]

const FILES: readonly Bypass[] = [
  row('file_transfer', 'PUT file:///etc/passwd @SHOP.SALES.S', "SELECT 'PUT file:///etc/passwd @S' AS T"),
  row('file_transfer', 'GET @SHOP.SALES.S file:///tmp/', "SELECT GET(PARSE_JSON('{\"a\":1}'), 'a') AS G"),
  row('file_transfer', '/* a */ put /* b */ file:///tmp/a @SHOP.SALES.S', '/* put file:///tmp/a */ select 1'),
  row('file_transfer', '-- a\n  PUT file:///tmp/a @SHOP.SALES.S;', '-- PUT file:///tmp/a @S\n SELECT 1;'),
  row('file_transfer', 'SELECT 1; PUT file:///tmp/a @SHOP.SALES.S', 'SELECT 1; SELECT 2'),
]

const EFFECTS: readonly Bypass[] = [
  row('effect_export', 'COPY INTO @SHOP.SALES.S FROM SHOP.CRM.CUSTOMERS', 'SELECT COUNT(*) FROM SHOP.CRM.CUSTOMERS'),
  row(
    'effect_export',
    "COPY INTO 's3://bucket/x/' FROM (SELECT 1) STORAGE_INTEGRATION = i",
    "SELECT 's3://bucket/x/' AS T",
  ),
  row(
    'effect_deferred',
    "CREATE TASK t SCHEDULE = '1 minute' AS SELECT 1",
    'CREATE OR REPLACE TEMPORARY TABLE TASK (A INT)',
  ),
  row(
    'effect_deferred',
    "CREATE ALERT a SCHEDULE = '1 minute' IF (EXISTS (SELECT 1)) THEN SELECT 1",
    'SELECT 1 AS ALERT',
  ),
  row('effect_rights', 'GRANT SELECT ON SHOP.CRM.CUSTOMERS TO ROLE PUBLIC', 'SELECT 1 AS "GRANT"'),
  row('effect_rights', 'REVOKE ROLE ANALYST FROM USER x', 'SELECT 1 AS "REVOKE"'),
  row('effect_rights', 'CREATE ROLE r', 'CREATE OR REPLACE TEMPORARY TABLE ROLE_T (A INT)'),
  row(
    'effect_rights',
    'ALTER TABLE SHOP.CRM.CUSTOMERS MODIFY COLUMN EMAIL UNSET MASKING POLICY',
    'CREATE OR REPLACE TEMPORARY TABLE POLICY_T (A INT)',
  ),
  row('effect_rights', 'ALTER TABLE SHOP.CRM.CUSTOMERS DROP ALL ROW ACCESS POLICIES', 'SELECT 1 AS POLICIES'),
  row('effect_export', 'CREATE EXTERNAL ACCESS INTEGRATION I ENABLED = TRUE', 'SELECT 1 AS EXTERNAL'),
  row('effect_export', 'ALTER FUNCTION F() SET EXTERNAL_ACCESS_INTEGRATIONS = (I)', 'SELECT 1 AS INTEGRATIONS'),
  row('effect_export', "SELECT SYSTEM$SEND_EMAIL('i', 'a@b', 's', 'b')", 'SELECT 1 AS SEND_EMAIL'),
  row(
    'effect_deferred',
    "ALTER TABLE SHOP.CRM.CUSTOMERS SET DATA_METRIC_SCHEDULE = '5 MINUTE'",
    'SELECT 1 AS DATA_METRIC_SCHEDULE',
  ),
  row('effect_deferred', 'CREATE STREAM s ON TABLE SHOP.CRM.CUSTOMERS', 'SELECT 1 AS STREAM'),
]

/** What cannot be read is not forwarded. */
const UNREADABLE: readonly Bypass[] = [
  row('unterminated_string', "SELECT 'open", "SELECT 'closed'"),
  row('unterminated_comment', 'SELECT 1 /* open', 'SELECT 1 /* closed */'),
  row('unterminated_name', 'SELECT "open', 'SELECT 1 AS "closed"'),
  row('unterminated_dollar_quote', 'SELECT $$ open', 'SELECT $$ closed $$'),
  row('unbalanced_bracket', 'SELECT (1', 'SELECT (1)'),
  row('non_ascii_name', 'ＳＥＬＥＣＴ 1', "SELECT 'ＳＥＬＥＣＴ'"),
  row('unknown_statement', 'FROBNICATE THE TABLE', "SELECT 'FROBNICATE'"),
  row('control_character', 'SELECT 1\u0000; USE ROLE SYSADMIN', 'SELECT 1\t;'),
  row('too_deep', `SELECT ${'('.repeat(300)}1${')'.repeat(300)}`, `SELECT ${'('.repeat(20)}1${')'.repeat(20)}`),
  row('nested_comment', "SELECT /* /* */ GET_PRESIGNED_URL(@s, 'a') -- */", 'SELECT /* * / */ 1 -- */'),
  row('unicode_space', 'SELECT\u00a01', "SELECT '\u00a0' AS T"),
  row('invisible_character', 'SELECT 1\u200b', "SELECT 'é\u200b' AS T"),
]

export const CORPUS: readonly Bypass[] = [
  ...CREDENTIALS,
  ...URLS,
  ...OTHERS,
  ...RESULTS,
  ...ROLES,
  ...HIDDEN,
  ...CODE,
  ...USES,
  ...FILES,
  ...EFFECTS,
  ...UNREADABLE,
]
