/** A client as it is installed from its registry, into a cache of its own. */

export type KitName = 'Node' | 'Python 4' | 'Python 5' | 'Go' | 'JDBC' | 'ADBC'

export interface Kit {
  readonly name: KitName
  /** Major version of the driver, for programs that serve several. */
  readonly major: number
  /** The session parameter that asks for results in JSON; null where there is nothing to ask for. */
  readonly formatParameter: string | null
  /** Installs the client below `cache`, or says why it cannot. Resolves with the command that runs one scenario. */
  install(cache: string): Promise<Installed>
  /** Environment in which the client trusts the authority of this PEM file, and no other. */
  trust(authorityFile: string): Promise<Readonly<Record<string, string>>>
}

export type Installed =
  | { readonly ok: true; readonly command: readonly string[]; readonly version: string }
  | { readonly ok: false; readonly why: string }
