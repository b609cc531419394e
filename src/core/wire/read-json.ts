/** Scanning of requests and answers, with each side's own error. */
import { IcecoreError } from '../../errors.ts'
import {
  type JsonDocument,
  JsonSyntaxError,
  type JsonValue,
  type ScanOptions,
  scanObject,
} from '../../lib/json/index.ts'
import { ArrowSyntaxError } from './arrow/index.ts'

/** A session parameter's value on the wire. */
export type ParameterValue = string | number | boolean

export function scanRequest(bytes: Uint8Array, options: ScanOptions): JsonDocument {
  try {
    return scanObject(bytes, options)
  } catch (error) {
    throw translated(error, (reason) => malformed(`its body is not the JSON object it should be: ${reason}`, error))
  }
}

export function scanAnswer(bytes: Uint8Array, options: ScanOptions): JsonDocument {
  try {
    return scanObject(bytes, options)
  } catch (error) {
    throw translated(error, (reason) => protocolError(`the body is not JSON: ${reason}`, error))
  }
}

/** Runs a reader of a part of an answer. */
export function readAnswerPart<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw translated(error, (reason) => protocolError(`${what}: ${reason}`, error))
  }
}

export function malformed(reason: string, cause?: unknown): IcecoreError {
  return new IcecoreError('ICE_REQUEST_MALFORMED', { reason }, cause === undefined ? {} : { cause })
}

export function fieldRefused(field: string): IcecoreError {
  return new IcecoreError('ICE_REQUEST_FIELD_REFUSED', { field })
}

export function protocolError(reason: string, cause?: unknown): IcecoreError {
  return new IcecoreError('ICE_UPSTREAM_PROTOCOL', { reason }, cause === undefined ? {} : { cause })
}

export function isMissing(value: JsonValue | undefined): boolean {
  return value === undefined || value.kind === 'null'
}

function translated(error: unknown, make: (reason: string) => IcecoreError): unknown {
  return error instanceof JsonSyntaxError || error instanceof ArrowSyntaxError ? make(error.message) : error
}
