/** A client as it is installed from its registry, into a cache of its own. */

export interface Kit {
  readonly name: string
  readonly language: 'node' | 'python' | 'go' | 'java'
  /** Major version of the driver, for programs that serve several. */
  readonly major: number
  /** Installs the client below `cache`, or says why it cannot. Resolves with the command that runs one scenario. */
  install(cache: string): Promise<Installed>
}

export type Installed =
  | { readonly ok: true; readonly command: readonly string[]; readonly version: string }
  | { readonly ok: false; readonly why: string }
