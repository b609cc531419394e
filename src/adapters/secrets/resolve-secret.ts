import { IcecoreError } from '../../errors.ts'
import { Secret } from '../../lib/secret.ts'
import { readEnvSecret } from './env-secret.ts'
import { DEFAULT_EXEC_LIMITS, type ExecLimits, readExecSecret } from './exec-secret.ts'
import { readFileSecret } from './file-secret.ts'
import { parseSecretReference, type SecretReference, unreadable } from './secret-reference.ts'

export interface SecretSources {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly exec?: ExecLimits
}

/**
 * The secret that a reference names, without the newline that editors and commands put at its end.
 * Rejects with ICE_SECRET_UNREADABLE, which names the place and never the content. A text that is no reference is
 * refused as well: a secret written into the config would be in every copy of it.
 */
export async function resolveSecret(text: string, sources: SecretSources): Promise<Secret> {
  const reference = parseSecretReference(text)
  if (reference === null) {
    throw new IcecoreError(
      'ICE_SECRET_UNREADABLE',
      { reference: '(not shown)', reason: 'it is not a reference' },
      { hint: `Write \${file:PATH}, \${env:NAME} or \${exec:COMMAND ARG}.` },
    )
  }
  const value = (await read(reference, sources)).replace(/\r?\n$/, '')
  if (value === '') {
    throw unreadable(reference, 'it is empty')
  }
  return new Secret(value)
}

async function read(reference: SecretReference, sources: SecretSources): Promise<string> {
  switch (reference.source) {
    case 'file':
      return readFileSecret(reference)
    case 'env':
      return readEnvSecret(reference, sources.environment)
    case 'exec':
      return readExecSecret(reference, sources.exec ?? DEFAULT_EXEC_LIMITS)
  }
}
