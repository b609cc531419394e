/** What modules know of logging. Fields are names, ids, counts and reasons: never SQL, rows, binds or tokens. */
export interface Log {
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

export type LogFields = Readonly<Record<string, unknown>>

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }
