/** The account's users and what they may log in with. */
import { createHash, createPublicKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { EmulatorUser } from '../options.ts'
import { DEFAULT_ROLES } from '../options.ts'

export interface User {
  readonly name: string
  readonly roles: ReadonlySet<string>
  readonly defaultRole: string
  readonly defaultWarehouse: string | null
  readonly defaultDatabase: string | null
  readonly defaultSchema: string | null
  readonly password: string | null
  /** By fingerprint, as it stands in a JWT's issuer: `SHA256:<base64>`. */
  readonly publicKeys: ReadonlyMap<string, KeyObject>
  readonly accessTokens: ReadonlySet<string>
  readonly oauthTokens: ReadonlySet<string>
}

export class Users {
  readonly #users = new Map<string, User>()

  constructor(users: readonly EmulatorUser[]) {
    for (const user of users) this.add(user)
  }

  /** Adds a user, in place of a former one of that name. */
  add(settings: EmulatorUser): User {
    const [database = null, schema = null] = settings.defaultNamespace?.split('.') ?? []
    const user: User = {
      name: settings.name.toUpperCase(),
      roles: new Set([...(settings.roles ?? DEFAULT_ROLES), 'PUBLIC']),
      defaultRole: settings.defaultRole ?? settings.roles?.[0] ?? 'PUBLIC',
      defaultWarehouse: settings.defaultWarehouse ?? null,
      defaultDatabase: database,
      defaultSchema: schema,
      password: settings.password ?? null,
      publicKeys: new Map((settings.publicKeys ?? []).map(readPublicKey)),
      accessTokens: new Set(settings.accessTokens),
      oauthTokens: new Set(settings.oauthTokens),
    }
    this.#users.set(user.name, user)
    return user
  }

  find(name: string): User | undefined {
    return this.#users.get(name.toUpperCase())
  }

  /** As `ALTER USER … SET RSA_PUBLIC_KEY`; makes the user when there is none. */
  registerKey(name: string, publicKeyPem: string): User {
    const user = this.find(name) ?? this.add({ name })
    const publicKeys = new Map([...user.publicKeys, readPublicKey(publicKeyPem)])
    return this.#replace({ ...user, publicKeys })
  }

  /** As `ALTER USER … ADD PROGRAMMATIC ACCESS TOKEN`; makes the user when there is none. */
  registerAccessToken(name: string, token: string): User {
    const user = this.find(name) ?? this.add({ name })
    return this.#replace({ ...user, accessTokens: new Set([...user.accessTokens, token]) })
  }

  /** As a token that an OAuth integration of the account has issued; makes the user when there is none. */
  registerOAuthToken(name: string, token: string): User {
    const user = this.find(name) ?? this.add({ name })
    return this.#replace({ ...user, oauthTokens: new Set([...user.oauthTokens, token]) })
  }

  /** The user that an OAuth token stands for. */
  findByOAuthToken(token: string): User | undefined {
    return [...this.#users.values()].find(({ oauthTokens }) => isAmong(oauthTokens, token))
  }

  #replace(user: User): User {
    this.#users.set(user.name, user)
    return user
  }
}

export function hasPassword(user: User, password: string): boolean {
  return user.password !== null && equalSecrets(user.password, password)
}

export function hasAccessToken(user: User, token: string): boolean {
  return isAmong(user.accessTokens, token)
}

function isAmong(tokens: ReadonlySet<string>, token: string): boolean {
  return [...tokens].some((known) => equalSecrets(known, token))
}

/** Compares in constant time, whatever the lengths. */
export function equalSecrets(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

/** Snowflake's `RSA_PUBLIC_KEY_FP`: SHA-256 over the DER form of the SubjectPublicKeyInfo. */
function readPublicKey(pem: string): [string, KeyObject] {
  const key = createPublicKey(pem)
  if (key.asymmetricKeyType !== 'rsa') throw new TypeError('A user takes RSA public keys only')
  const der = key.export({ type: 'spki', format: 'der' })
  return [`SHA256:${createHash('sha256').update(der).digest('base64')}`, key]
}
