import { type DestinationStream, pino } from 'pino'
import { IcecoreError } from '../../errors.ts'
import type { Log, LogFields } from '../../lib/log.ts'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** A log whose least level may change. */
export interface LeveledLog extends Log {
  setLevel(level: LogLevel): void
}

/**
 * One JSON object a line. An error is written as its class, code, message and stack; its cause chain too, since that is
 * what an operator needs and callers never see. `Secret` prints itself hidden.
 */
export function createLog(level: LogLevel, destination: DestinationStream): LeveledLog {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'event' }, destination)
  return {
    info: (event, fields) => logger.info(plain(fields), event),
    warn: (event, fields) => logger.warn(plain(fields), event),
    error: (event, fields) => logger.error(plain(fields), event),
    setLevel: (next) => {
      logger.level = next
    },
  }
}

function plain(fields: LogFields = {}): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? describe(value) : value]),
  )
}

function describe(error: Error): LogFields {
  return {
    name: error.name,
    ...(error instanceof IcecoreError ? { code: error.code } : {}),
    message: error.message,
    stack: error.stack,
    ...(error.cause instanceof Error ? { cause: describe(error.cause) } : {}),
  }
}
