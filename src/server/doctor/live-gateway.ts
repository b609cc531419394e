import type { ConnectionCheckJson, StatusJson } from '../../api-schema/index.ts'

/** What the Icecore says that runs with the configuration. */
export interface LiveGateway {
  readonly status: StatusJson
  /** What it found when it logged in; or why it did not try. */
  readonly connections: readonly ConnectionCheckJson[] | { readonly untried: string }
}
