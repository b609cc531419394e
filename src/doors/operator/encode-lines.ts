/** Lines of JSON as they go over the socket. */
import type { OperatorErrorJson, WireEvent } from '../../api-schema/index.ts'
import type { StoredEvent } from '../../core/recording/index.ts'
import { type IcecoreError, isIcecoreError } from '../../errors.ts'

export function wireEvent({ body, facts, ...event }: StoredEvent): WireEvent {
  return {
    ...event,
    facts: { ...facts },
    ...(body === undefined ? {} : { body: Buffer.from(body).toString('base64') }),
  }
}

export function encodeEvent(event: StoredEvent): string {
  return `${JSON.stringify(wireEvent(event))}\n`
}

export function encodeItem(item: unknown): string {
  return `${JSON.stringify(item)}\n`
}

export function errorJson(error: IcecoreError): OperatorErrorJson {
  return { error: { code: error.code, details: error.details, hint: error.hint ?? null } }
}

export function encodeError(error: OperatorErrorJson['error']): string {
  return `${JSON.stringify({ error } satisfies OperatorErrorJson)}\n`
}

/** An error that comes in the middle is the last line: the status of the answer has gone out by then. */
export async function* encodeLines<T>(
  items: AsyncIterable<T>,
  encode: (item: T) => string,
  internal: (error: unknown) => IcecoreError,
): AsyncGenerator<string> {
  try {
    for await (const item of items) yield encode(item)
  } catch (error) {
    yield encodeError(errorJson(isIcecoreError(error) ? error : internal(error)).error)
  }
}
