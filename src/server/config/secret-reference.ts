/** Where a secret is to be had from. The config holds such references only, never the secret itself. */
export type SecretReference =
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'env'; readonly name: string }
  | { readonly from: 'exec'; readonly command: string }

/** Reads `${file:PATH}`, `${env:NAME}` or `${exec:COMMAND}`; null for any other text. */
export function parseSecretReference(text: string): SecretReference | null {
  const match = /^\$\{(file|env|exec):([^\r\n]+)\}$/.exec(text)
  const target = match?.[2]?.trim()
  if (match === null || target === undefined || target === '') return null
  if (match[1] === 'file') return { from: 'file', path: target }
  if (match[1] === 'exec') return { from: 'exec', command: target }
  return /^[A-Za-z_]\w*$/.test(target) ? { from: 'env', name: target } : null
}
