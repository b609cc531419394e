/**
 * The house in tables: which room may see which, which packages and parts of Node each may use, and where the world's
 * time, chance and environment come in. `test/architecture.test.ts` holds every file to them.
 */

export interface Room {
  /** Folder, or file, that this room is; the longest match wins. */
  readonly path: string
  /** Rooms whose faces it may import, by path or by a folder that holds them. */
  readonly sees: readonly string[]
  /** What it loads by path when it is asked to, since an install may lack it. */
  readonly loads?: readonly string[]
  readonly packages?: readonly string[]
  /** Modules of Node; `*` for any. */
  readonly node: readonly string[]
}

const BASE = ['src/api-schema', 'src/lib', 'src/errors.ts']
const PURE = ['node:buffer', 'node:crypto', 'node:util', 'node:zlib']
const PORTS = ['src/gate/ports.ts', 'src/services/ports.ts']

/** A room of core may see the rooms below it; statement, catalogue, identity and wire are the bottom. */
function core(name: string, below: readonly string[] = []): Room {
  return { path: `src/core/${name}`, sees: [...below.map((room) => `src/core/${room}`), ...BASE], node: PURE }
}

function adapter(name: string, packages: readonly string[] = [], also: readonly string[] = []): Room {
  return { path: `src/adapters/${name}`, sees: ['src/core', ...PORTS, ...BASE, ...also], packages, node: ['*'] }
}

function door(name: string): Room {
  return {
    path: `src/doors/${name}`,
    sees: ['src/gate', 'src/services', 'src/core', ...BASE],
    packages: ['fastify'],
    node: [
      'node:buffer',
      'node:crypto',
      'node:events',
      'node:http',
      'node:net',
      'node:stream',
      'node:stream/promises',
      'node:util',
      'node:zlib',
    ],
  }
}

export const ROOMS: readonly Room[] = [
  { path: 'src/errors.ts', sees: [], node: ['node:diagnostics_channel'] },
  { path: 'src/lib', sees: [], node: PURE },
  { path: 'src/api-schema', sees: [], packages: ['zod'], node: [] },
  core('statement'),
  core('catalogue'),
  core('identity'),
  core('wire'),
  core('recording', ['identity', 'statement', 'wire']),
  core('session', ['statement', 'wire']),
  core('policy', ['statement', 'recording', 'identity', 'session', 'catalogue']),
  core('masking', ['statement', 'catalogue', 'wire', 'policy']),
  core('approval', ['identity', 'policy']),
  { path: 'src/gate', sees: ['src/core', ...BASE], node: PURE },
  { path: 'src/services', sees: ['src/core', ...BASE], node: PURE },
  adapter('journal'),
  adapter('secrets'),
  // The index is built from the journal, and a recording is read from both.
  adapter('store', ['kysely'], ['src/adapters/journal']),
  adapter('snowflake', ['jose', 'undici'], ['src/adapters/tls']),
  adapter('telemetry', ['pino']),
  adapter('tls'),
  adapter('tokens', ['jose', 'undici'], ['src/adapters/tls']),
  adapter('workers'),
  adapter('blobs'),
  adapter('notify'),
  door('driver'),
  door('ops'),
  door('operator'),
  {
    path: 'src/server',
    sees: ['src/doors', 'src/adapters', 'src/gate', 'src/services', 'src/core', ...BASE],
    packages: ['fastify', 'yaml', 'zod'],
    node: ['*'],
  },
  {
    path: 'src/cli',
    sees: ['src/server', 'src/adapters/secrets', 'src/adapters/store', 'src/services', 'src/core', ...BASE],
    loads: ['emulator', 'demo'],
    packages: ['commander'],
    node: ['*'],
  },
  {
    path: 'emulator',
    sees: [],
    packages: ['@duckdb/node-api', '@polyglot-sql/sdk', 'apache-arrow', 'jose'],
    node: ['*'],
  },
  {
    path: 'demo',
    // It joins a configuration of the user's with its own, and so reads references to secrets.
    sees: ['src/server', 'src/cli', 'src/adapters/secrets', 'emulator', ...BASE],
    packages: ['jose', 'snowflake-sdk', 'yaml'],
    node: ['*'],
  },
  { path: 'bench', sees: ['src', 'emulator', 'demo'], packages: ['snowflake-sdk', 'undici'], node: ['*'] },
  {
    path: 'test',
    sees: ['src', 'emulator', 'demo', 'bench', 'bin'],
    packages: ['fast-check', 'jose', 'snowflake-sdk', 'typescript', 'undici', 'yaml'],
    node: ['*'],
  },
]

/** What tests may use besides what the code beside them may. */
export const TEST_PACKAGES: readonly string[] = ['fast-check', 'jose', 'snowflake-sdk', 'zod', '@polyglot-sql/sdk']

/**
 * Folders whose files may load each other in a circle. SQL nests: an expression holds a query, a query holds expressions,
 * and a command of a session runs commands; each of these is a file of its own.
 */
export const RECURSIVE: readonly string[] = ['emulator/sql']

/** Code of `src/` that may say these words; a folder stands for all in it. */
export const HOMES: readonly {
  readonly what: string
  readonly words: readonly string[]
  readonly in: readonly string[]
}[] = [
  { what: 'the environment', words: ['process.env'], in: ['src/cli/context.ts', 'src/server/gateway.ts'] },
  {
    what: 'the clock',
    words: ['Date.now', 'performance.now', 'setTimeout', 'setInterval', 'setImmediate'],
    in: ['src/lib/clock.ts'],
  },
  { what: 'chance', words: ['Math.random'], in: ['src/adapters/snowflake/connector.ts'] },
  { what: 'new ids', words: ['randomUUID'], in: ['src/lib/ids.ts'] },
  {
    what: 'new keys',
    words: ['randomBytes'],
    in: [
      'src/lib/ids.ts',
      'src/adapters/journal/ballast.ts',
      'src/adapters/journal/segment-writer.ts',
      'src/adapters/secrets/key-encryption-key.ts',
      'src/adapters/secrets/sealer.ts',
      'src/cli',
    ],
  },
  { what: 'the console', words: ['console'], in: [] },
  { what: 'standard output', words: ['process.stdout', 'process.stderr'], in: ['src/cli', 'src/server/gateway.ts'] },
  {
    what: 'the value of a secret',
    words: ['reveal('],
    in: [
      'src/lib/secret.ts',
      'src/adapters/secrets',
      'src/adapters/snowflake',
      'src/core/wire',
      'src/doors/driver',
      'src/gate/log-in.ts',
      'src/gate/session-tokens.ts',
      'src/server/demo-keys.ts',
      'src/server/tls',
    ],
  },
]
