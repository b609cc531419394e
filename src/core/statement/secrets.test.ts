import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { redactSecrets } from './redact.ts'
import { refused, understood } from './support.testing.ts'

/** Each text with `s3cret…` where a secret stands; nothing else may be cut. */
const CASES: readonly string[] = [
  "CREATE USER u PASSWORD = 's3cret' MUST_CHANGE_PASSWORD = TRUE COMMENT = 'kept'",
  "alter user u set \"PASSWORD\"='s3cr\\'et'",
  'ALTER USER u SET PASSWORD = $$s3cret$$',
  "CREATE STAGE s URL = 's3://kept/' CREDENTIALS = (AWS_KEY_ID = 's3cret1' AWS_SECRET_KEY = 's3cret2' AWS_TOKEN='s3cret3')",
  "CREATE STAGE s CREDENTIALS=(AZURE_SAS_TOKEN='s3cret') ENCRYPTION=(TYPE='AWS_CSE' MASTER_KEY = 's3cret2')",
  "COPY INTO t FROM 's3://kept/' CREDENTIALS = (AWS_SECRET_KEY = 's3cret') FILE_FORMAT = (TYPE = CSV FIELD_DELIMITER = ';')",
  "CREATE SECRET x TYPE = GENERIC_STRING SECRET_STRING = 's3cret'",
  "CREATE SECRET x TYPE = PASSWORD USERNAME = 'kept' PASSWORD = 's3cret'",
  "CREATE SECRET x TYPE = OAUTH2 OAUTH_REFRESH_TOKEN = 's3cret' OAUTH_REFRESH_TOKEN_EXPIRY_TIME = 'kept'",
  "CREATE SECURITY INTEGRATION i OAUTH_CLIENT_ID = 'kept' OAUTH_CLIENT_SECRET = 's3cret'",
  "ALTER USER u SET RSA_PUBLIC_KEY = 'kept'",
  "CREATE API INTEGRATION i API_KEY = 's3cret' API_ALLOWED_PREFIXES = ('kept')",
  "SELECT ENCRYPT(kept, 's3cret'), DECRYPT(x, 's3cret2'), TRY_DECRYPT_RAW(x, 's3cret3')",
  "SELECT f(password => 's3cret', name => 'kept')",
  "SELECT {'password': 's3cret', 'name': 'kept'}",
  "SELECT * FROM t WHERE password = 's3cret' AND name = 'kept'",
  "SELECT * FROM t WHERE api_token IN ('s3cret', 's3cret2')",
  "SELECT * FROM t WHERE customer_key = 'kept' AND key = 'kept' AND token_count = 5",
  "SET my_password = 's3cret'",
  "SET (a, my_token) = ('s3cret', 's3cret2')",
  "SELECT 'https://x.blob.core.windows.net/c?sv=1&sig=s3cret'",
  "SELECT 'https://bob:s3cret@x.example/'",
  "SELECT '-----BEGIN PRIVATE KEY-----s3cret'",
  "SELECT 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.s3cret'",
  "SELECT 'kept' -- password = 's3cret'",
  "SELECT 'kept' /* AWS_SECRET_KEY='s3cret' */",
  "EXECUTE IMMEDIATE 'CREATE USER u PASSWORD = ''s3cret'' COMMENT = ''kept'''",
  "EXECUTE IMMEDIATE $$CREATE USER u PASSWORD = 's3cret' COMMENT = 'kept'$$",
  "EXECUTE IMMEDIATE 'SELECT ENCRYPT(kept, ''s3cret'')'",
  "SELECT * FROM TABLE(TO_QUERY('SELECT ENCRYPT(kept, ''s3cret'')'))",
  'CREATE PROCEDURE p() RETURNS INT LANGUAGE PYTHON AS $$\npassword = "s3cret"\nname = "kept"\n$$',
  "CREATE SERVICE s IN COMPUTE POOL p FROM SPECIFICATION $$\nkept:\n  api_key: 's3cret'\n$$",
]

describe('secrets', () => {
  for (const sql of CASES) {
    it(sql, () => {
      const { sql: cut } = redactSecrets(sql, understood(sql).secrets, () => 'h')
      assert.ok(!cut.includes('s3cr'), cut)
      assert.equal(cut.split('kept').length, sql.split('kept').length, cut)
      assert.equal(cut !== sql, sql.includes('s3cr'), cut)
    })
  }

  it('cuts by span, with a keyed hash of what stood there', () => {
    const sql = "CREATE USER u PASSWORD = 'a''b' COMMENT = 'c'"
    const heard: string[] = []
    const redacted = redactSecrets(sql, understood(sql).secrets, (value) => {
      heard.push(value)
      return 'abc'
    })
    assert.deepEqual(redacted, { sql: "CREATE USER u PASSWORD = [secret:abc] COMMENT = 'c'", cut: 1 })
    assert.deepEqual(heard, ["'a''b'"])
  })

  it('leaves a text without secrets as it is', () => {
    assert.deepEqual(
      redactSecrets("SELECT 'x'", [], () => 'h'),
      { sql: "SELECT 'x'", cut: 0 },
    )
  })

  it('is known for a text that is refused, and null where the text cannot be read', () => {
    assert.equal(refused("FOO PASSWORD = 'x'").secrets?.length, 1)
    assert.equal(refused("CREATE USER u PASSWORD = 'x").secrets, null)
  })
})
