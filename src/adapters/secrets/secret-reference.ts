/** `${file:PATH}`, `${env:NAME}` or `${exec:COMMAND ARG …}`: where a secret is, in a config that holds none. */
import { IcecoreError } from '../../errors.ts'

export interface SecretReference {
  readonly source: 'file' | 'env' | 'exec'
  readonly argument: string
  /** As written, for messages: it names a place, never a value. */
  readonly text: string
}

/** Null when the text is no reference. */
export function parseSecretReference(text: string): SecretReference | null {
  const match = /^\$\{(file|env|exec):\s*(.*\S)\s*\}$/s.exec(text)
  if (match === null) {
    return null
  }
  return { source: match[1] as SecretReference['source'], argument: match[2]!, text }
}

export function unreadable(reference: SecretReference, reason: string, hint?: string): IcecoreError {
  const details = { reference: reference.text, reason }
  return new IcecoreError('ICE_SECRET_UNREADABLE', details, hint === undefined ? {} : { hint })
}
