/** docs/reference/parameters.md, made from the table that the gate goes by. `npm run docs` writes it. */
import { SESSION_PARAMETERS, type SessionParameter } from '../../../src/core/wire/index.ts'

const AFFECTS: Readonly<Record<SessionParameter['affects'], string>> = {
  names: 'how names are resolved',
  values: 'what literals and functions mean',
  result: 'the form of results',
  run: 'how statements run',
  tag: 'the query tag: kept inside Icecore’s own',
  driver: 'only the driver itself: taken, and not sent to Snowflake',
}

const HEAD = `# Session parameters

A client may set the session parameters of this table, and no others, wherever it sets them: in the log-in, with one
statement, or by \`ALTER SESSION SET\`. Any other is refused with [\`ICE_PARAMETER_REFUSED\`](errors.md), since it may change
what a statement means, what it may do, or what is kept of it. Names in the driver's own space, \`CLIENT_…\`, are taken at
log-in and with a statement; they are not sent to Snowflake unless they stand below.

This file is made from \`src/core/wire/session-parameters.ts\` by \`npm run docs\`.
`

export function renderParameters(): string {
  const groups = Object.entries(AFFECTS).map(([affects, meaning]) => {
    const rows = SESSION_PARAMETERS.filter((parameter) => parameter.affects === affects).map(renderRow)
    const head = ['| parameter | type | log-in | statement | ALTER SESSION |', '|---|---|---|---|---|']
    return [`## ${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}`, '', ...head, ...rows, ''].join('\n')
  })
  return [HEAD, ...groups].join('\n')
}

function renderRow({ name, type, places }: SessionParameter): string {
  const marks = (['login', 'request', 'alter_session'] as const).map((place) => (places.includes(place) ? 'yes' : 'no'))
  return `| \`${name}\` | ${type} | ${marks.join(' | ')} |`
}
