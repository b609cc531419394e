/** What a person who starts the demo reads, laid out for 80 columns. */
import type { DemoJson } from '../src/api-schema/index.ts'
import type { Paint } from '../src/lib/text/index.ts'
import type { DataFolder } from './data-folder.ts'
import { DEMO_CONNECTION } from './demo-config.ts'
import { NO_DETECTION } from './ready-line.ts'

export function describeDemo(ready: DemoJson, folder: DataFolder, kept: boolean, paint: Paint): readonly string[] {
  const command = 'npm run -s icecore --'
  return [
    ...describeParts(ready, folder, kept, paint),
    '',
    paint('bold', 'Be the agent: paste this into another terminal, in this folder.'),
    '',
    ...queryScript(ready),
    '',
    paint('bold', 'Or send any statement with the example in this folder; this one is denied:'),
    '',
    `npx node --env-file=${folder.agentFile} \\`,
    "  examples/node/query.mjs 'ALTER USER ICECORE SET PASSWORD = ?' secret",
    '',
    paint('bold', 'Then see what was recorded of it:'),
    '',
    `${command} sessions list -c ${folder.configFile}`,
    `${command} replay last -c ${folder.configFile}`,
    '',
    paint('dim', 'Ctrl-C ends the demo.'),
  ]
}

export function introduceAgent(ready: DemoJson, folder: DataFolder, kept: boolean, paint: Paint): readonly string[] {
  return [
    ...describeParts(ready, folder, kept, paint),
    '',
    paint('bold', 'An agent of Ada’s goes to work: the official Node driver and a token of its own.'),
    '',
  ]
}

export function introduceReplay(paint: Paint): readonly string[] {
  return ['', paint('bold', 'And this is what Icecore has on record, played back from its encrypted journal:'), '']
}

export function sayGoodbye(folder: DataFolder, kept: boolean): string {
  return kept ? `the record is closed, and stays in ${folder.path}` : 'the record is closed and removed'
}

export function suggestNext(paint: Paint): readonly string[] {
  return ['', paint('dim', 'Next: "npm run demo" keeps all of it running, for an agent of yours.')]
}

function describeParts(ready: DemoJson, folder: DataFolder, kept: boolean, paint: Paint): readonly string[] {
  const fate = kept ? 'stays when the demo ends' : 'goes when the demo ends; --data keeps it'
  const parts = [
    ['gateway', ready.gateway, 'what agents connect to'],
    ['warehouse', ready.emulator, 'Snowflake-compatible, on DuckDB'],
    ['identity', ready.issuer, 'signs tokens for people and agents'],
    ['record', folder.path, fate],
  ] as const
  return [
    paint('bold', 'Icecore, the recorded door between AI agents and Snowflake: a demo.'),
    'Everything runs in this one process, and every name and number is invented.',
    '',
    ...parts.map(([name, place, what]) => `  ${name.padEnd(10)} ${place.padEnd(26)} ${paint('dim', what)}`),
  ]
}

/** A whole program, as short as an honest one can be: its token comes from the identity provider, as it would at work. */
function queryScript({ gateway, tokenEndpoint }: DemoJson): readonly string[] {
  return `${NO_DETECTION} npx node --input-type=module <<'END'
import snowflake from 'snowflake-sdk'

const who = { sub: 'ada', groups: ['analysts'], act: { sub: 'coding-agent' } }
const answer = await fetch('${tokenEndpoint}', {
  method: 'POST',
  body: JSON.stringify(who),
})
const { access_token: token } = await answer.json()

snowflake.configure({ logLevel: 'OFF' })
const connection = snowflake.createConnection({
  accessUrl: '${gateway}',
  account: '${DEMO_CONNECTION}',
  authenticator: 'OAUTH',
  token,
})
connection.connect((refused) => {
  if (refused) throw refused
  connection.execute({
    sqlText: 'SELECT NAME, EMAIL FROM SHOP.CRM.CUSTOMERS ORDER BY ID LIMIT 3',
    complete: (error, _, rows) => {
      console.log(error?.message ?? rows)
      connection.destroy(() => {})
    },
  })
})
END`.split('\n')
}
