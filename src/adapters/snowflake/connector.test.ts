import assert from 'node:assert/strict'
import { createHash, createPublicKey } from 'node:crypto'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { inspect } from 'node:util'
import { decodeJwt, jwtVerify } from 'jose'
import { isIcecoreError } from '../../errors.ts'
import type { UpstreamConnector } from '../../gate/ports.ts'
import { connect, connectionTo, LOGIN, RSA_KEY } from './testing/connect.ts'
import { drop, failure, hang, json, QUERY_PATH, ScriptedUpstream, status } from './testing/scripted-upstream.ts'
import type { SkippingClock } from './testing/skipping-clock.ts'

const LOGIN_PATH = '/session/v1/login-request'

let upstream: ScriptedUpstream
let connector: UpstreamConnector
let clock: SkippingClock

beforeEach(async () => {
  upstream = await ScriptedUpstream.start()
  ;({ connector, clock } = connect(connectionTo(upstream.url)))
})

afterEach(async () => {
  await connector.close()
  await upstream.close()
})

describe('opening a session', () => {
  it('logs in with a JWT of the key, without region, in upper case', async () => {
    await connector.open(LOGIN)
    const [request] = upstream.seen(LOGIN_PATH)
    const { data } = JSON.parse(request?.body ?? '') as { data: Record<string, unknown> }
    assert.deepEqual(
      { ...data, TOKEN: undefined },
      {
        CLIENT_APP_ID: 'PythonConnector',
        CLIENT_APP_VERSION: '4.8.1',
        ACCOUNT_NAME: 'my-org_acct',
        LOGIN_NAME: 'icecore_svc',
        AUTHENTICATOR: 'SNOWFLAKE_JWT',
        TOKEN: undefined,
        CLIENT_ENVIRONMENT: { APPLICATION: 'Icecore' },
        SESSION_PARAMETERS: { TIMEZONE: 'UTC', CLIENT_TELEMETRY_ENABLED: false, STRICT_JSON_OUTPUT: true },
      },
    )
    const token = data.TOKEN as string
    const der = createPublicKey(RSA_KEY.publicKey.export({ type: 'spki', format: 'pem' })).export({
      type: 'spki',
      format: 'der',
    })
    const fingerprint = createHash('sha256').update(der).digest('base64')
    const { payload, protectedHeader } = await jwtVerify(token, RSA_KEY.publicKey, {
      currentDate: new Date(clock.now()),
    })
    assert.equal(protectedHeader.alg, 'RS256')
    assert.equal(payload.iss, `MY-ORG_ACCT.ICECORE_SVC.SHA256:${fingerprint}`)
    assert.equal(payload.sub, 'MY-ORG_ACCT.ICECORE_SVC')
    assert.equal(payload.exp! - payload.iat!, 60)
    assert.equal(request?.headers.authorization, undefined)
    assert.partialDeepStrictEqual(request?.query, { warehouse: 'WH', databaseName: 'DB', roleName: 'analyst' })
    assert.equal(request?.query.schemaName, undefined)
  })

  it('turns secondary roles off and reads role, parameters and context back, in this order and once', async () => {
    const session = await connector.open(LOGIN)
    const bodies = upstream.seen(QUERY_PATH).map(({ body }) => JSON.parse(body) as Record<string, unknown>)
    assert.deepEqual(
      bodies.map(({ sqlText }) => String(sqlText).split(' ').slice(0, 2).join(' ')),
      ['USE SECONDARY', 'SHOW PARAMETERS', 'SELECT CURRENT_ROLE(),'],
    )
    // The client reads Arrow; Icecore's own statements want JSON.
    assert.deepEqual(bodies[2]?.parameters, { PYTHON_CONNECTOR_QUERY_RESULT_FORMAT: 'JSON' })
    assert.equal(session.id, '9007199254740993')
    assert.equal(session.serverVersion, '9.1.0')
    assert.deepEqual(session.context, { role: 'ANALYST', warehouse: 'WH', database: 'DB', schema: null })
    assert.deepEqual(Object.fromEntries(session.parameters), {
      TIMEZONE: 'UTC',
      QUOTED_IDENTIFIERS_IGNORE_CASE: true,
      SEARCH_PATH: '$current, $public',
      WEEK_START: 1,
    })
  })

  it('mints a new token for each attempt', async () => {
    upstream.script(LOGIN_PATH, status(503), drop)
    await connector.open(LOGIN)
    const tokens = upstream
      .seen(LOGIN_PATH)
      .map(({ body }) => (JSON.parse(body) as { data: { TOKEN: string } }).data.TOKEN)
    assert.equal(tokens.length, 3)
    assert.ok(tokens.every((token) => decodeJwt(token).sub === 'MY-ORG_ACCT.ICECORE_SVC'))
    assert.equal(new Set(upstream.seen(LOGIN_PATH).map(({ query }) => query.requestId)).size, 1)
  })

  const unfit: readonly (readonly [string, () => void])[] = [
    [
      'another role',
      () => {
        upstream.role = 'PUBLIC'
      },
    ],
    [
      'all secondary roles',
      () => {
        upstream.secondaryRoles = '{"roles":"SYSADMIN,PUBLIC","value":"ALL"}'
      },
    ],
    [
      'secondary roles that are empty by chance',
      () => {
        upstream.secondaryRoles = '{"roles":"","value":"ALL"}'
      },
    ],
    [
      'no word on secondary roles',
      () => {
        upstream.secondaryRoles = ''
      },
    ],
    [
      'secondary roles in another form',
      () => {
        upstream.secondaryRoles = 'NONE'
      },
    ],
  ]
  for (const [name, prepare] of unfit) {
    it(`refuses and closes a session with ${name}`, async () => {
      prepare()
      await assert.rejects(connector.open(LOGIN), (error) => isIcecoreError(error, 'ICE_UPSTREAM_LOGIN_FAILED'))
      assert.equal(upstream.seen('/session').length, 1)
      assert.equal(upstream.seen('/session')[0]?.query.delete, 'true')
    })
  }

  it('takes a quoted role as written', async () => {
    upstream.role = 'Read only'
    const session = await connector.open({ ...LOGIN, role: '"Read only"' })
    assert.equal(session.context.role, 'Read only')
    await assert.rejects(connector.open({ ...LOGIN, role: '"read only"' }), /could not log in/)
  })

  it('says why the upstream refused to the operator, and nothing of it to the caller', async () => {
    upstream.script(LOGIN_PATH, failure('390144', 'JWT token is invalid.'))
    await assert.rejects(connector.open(LOGIN), (error) => {
      assert.ok(isIcecoreError(error, 'ICE_UPSTREAM_LOGIN_FAILED'))
      assert.doesNotMatch(error.message, /390144|JWT/)
      assert.match(String((error.cause as Error).message), /390144: JWT token is invalid/)
      return true
    })
    assert.equal(upstream.seen(LOGIN_PATH).length, 1)
  })

  it('reads no role and no parameters back where the connection says that there are none', async () => {
    const loosened = connect(connectionTo(upstream.url, { loosen: { withoutRoles: true, withoutParameters: true } }))
    upstream.role = 'SOMETHING'
    const session = await loosened.connector.open(LOGIN)
    assert.equal(session.context.role, 'ANALYST')
    assert.equal(upstream.seen(QUERY_PATH).length, 0)
    const [request] = upstream.seen(LOGIN_PATH)
    assert.equal(request?.query.roleName, undefined)
    assert.deepEqual((JSON.parse(request?.body ?? '') as { data: Record<string, unknown> }).data.SESSION_PARAMETERS, {})
    await loosened.connector.close()
  })

  it('is unavailable for the moment when a read-back hangs, and closes the session', async () => {
    upstream.silentOn = 'CURRENT_SECONDARY_ROLES()'
    const opened = connector.open(LOGIN)
    while (upstream.seen(QUERY_PATH).length < 3) await turn()
    clock.advance(60_000)
    await assert.rejects(opened, tookTooLong)
    assert.equal(upstream.seen('/session').length, 1)
    assert.equal(clock.openLimits, 0)
  })

  it('is unavailable for the moment when the log-in itself is not answered, and tries no further', async () => {
    upstream.script(LOGIN_PATH, status(503), hang)
    const opened = connector.open(LOGIN)
    while (upstream.seen(LOGIN_PATH).length < 2) await turn()
    clock.advance(25_000)
    await assert.rejects(opened, tookTooLong)
    assert.equal(upstream.seen(LOGIN_PATH).length, 2)
    assert.equal(clock.openLimits, 0)
  })

  it('refuses a log-in answer without tokens', async () => {
    upstream.script(LOGIN_PATH, json('{"success":true,"data":{}}'))
    await assert.rejects(connector.open(LOGIN), (error) => isIcecoreError(error, 'ICE_UPSTREAM_PROTOCOL'))
  })

  it('is unavailable when nobody listens, and knows that nothing was sent', async () => {
    const away = connect(connectionTo('http://127.0.0.1:1'))
    await assert.rejects(away.connector.open(LOGIN), (error) => {
      assert.ok(isIcecoreError(error, 'ICE_UPSTREAM_UNAVAILABLE'))
      assert.deepEqual(error.details, { attempts: 7, sent: 'no' })
      return true
    })
    await away.connector.close()
  })
})

function tookTooLong(error: unknown): boolean {
  assert.ok(isIcecoreError(error, 'ICE_UPSTREAM_UNAVAILABLE') && error.spec.retry)
  assert.match(String(error.cause), /the log-in took longer than 25 s/)
  return true
}

describe('secrets', () => {
  it('show in no error, log or inspection', async () => {
    const lines: string[] = []
    const write = (event: string, fields?: object): void => {
      lines.push(`${event} ${JSON.stringify(fields)} ${inspect(fields, { depth: 9 })}`)
    }
    const watched = connect(connectionTo(upstream.url), {}, { info: write, warn: write, error: write })
    const session = await watched.connector.open(LOGIN)
    upstream.script(QUERY_PATH, status(503), json('not json ST-1'), failure('390104'))
    const errors: unknown[] = []
    const query = { requestId: 'r', body: Buffer.from('{"sqlText":"x"}') }
    for (let index = 0; index < 2; index += 1) await session.submit(query).catch((error: unknown) => errors.push(error))
    assert.equal(errors.length, 2)
    const seen = [
      lines.join('\n'),
      inspect(errors, { depth: 9, showHidden: true }),
      inspect(session, { depth: 9 }),
      inspect(watched.connector, { depth: 9 }),
      JSON.stringify([session, watched.connector]),
    ].join('\n')
    const token = (JSON.parse(upstream.seen(LOGIN_PATH)[0]?.body ?? '') as { data: { TOKEN: string } }).data.TOKEN
    for (const secret of ['ST-1', 'MT-1', 'PRIVATE KEY', token]) assert.ok(!seen.includes(secret), `${secret} is seen`)
    assert.match(lines.join('\n'), /upstream.attempt_failed/)
    await watched.connector.close()
  })
})

describe('connections', () => {
  it('are found by name, then by account where one has it, whatever the letters', () => {
    const { connector: several } = connect(connectionTo(upstream.url))
    assert.equal(several.resolve('MAIN')?.name, 'main')
    assert.equal(several.resolve('MY-ORG_ACCT')?.name, 'main')
    assert.equal(several.resolve('my-org_acct.eu-west-1')?.name, 'main')
    assert.equal(several.resolve('other'), undefined)
    assert.equal(several.connection('my-org_acct'), undefined)
    assert.ok(!inspect(several.connection('main')).includes('PRIVATE'))
  })

  for (const url of [
    'http://example.com',
    'ftp://127.0.0.1',
    'https://user:secret@example.com',
    'nonsense',
    'http://127.0.0.1.example.com',
  ]) {
    it(`refuse the address ${url}`, () => {
      assert.throws(
        () => connect(connectionTo(url)),
        (error) => {
          assert.ok(isIcecoreError(error, 'ICE_UPSTREAM_PROTOCOL'))
          return !error.message.includes('secret')
        },
      )
    })
  }

  it('take plain http to another host where they say so', () => {
    assert.ok(connect(connectionTo('http://example.com', { loosen: { plainHttp: true } })))
  })
})
