import { type SecretReference, unreadable } from './secret-reference.ts'

export function readEnvSecret(
  reference: SecretReference,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const value = environment[reference.argument]
  if (value === undefined) {
    throw unreadable(reference, 'the environment variable is not set')
  }
  return value
}
