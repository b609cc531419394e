export type { ExecLimits } from './exec-secret.ts'
export { createKeyFile, loadKek } from './key-encryption-key.ts'
export { resolveSecret, type SecretSources } from './resolve-secret.ts'
export { parseSecretReference, type SecretReference } from './secret-reference.ts'
