import { cardNumber, iban, phone, socialSecurityNumber } from './identifiers.ts'
import type { Random } from './random.ts'

export interface Person {
  readonly name: string
  readonly email: string
  readonly phone: string
  readonly ssn: string
  readonly card: string
  readonly iban: string
  readonly birthDate: string
  readonly street: string
  readonly city: string
  readonly country: string
}

const FIRST_NAMES =
  'Anna Bela Chidi Dana Emil Farah Goran Hana Ines Jonas Kofi Lena Mateo Nadia Omar Petra Quentin Rosa Sven Tara Ugo Vera Wim Xenia Yusuf Zoe'.split(
    ' ',
  )
const SYLLABLES = 'bran quel dor mith vask ren tolm zar phel grin sov hald lun kest or wick fen yarl drus emb'.split(
  ' ',
)
const ENDINGS = ['ström', 'hagen', 'worth', 'elli', 'owicz', 'mond', 'sson', 'ari']
const STREETS = 'Amber Birch Cedar Dune Elm Fjord Glade Harbor'.split(' ')
const CITIES: readonly (readonly [string, string])[] = [
  ['Berlin', 'DE'],
  ['Utrecht', 'NL'],
  ['Leeds', 'GB'],
  ['Denver', 'US'],
  ['Lyon', 'FR'],
  ['Tampa', 'US'],
]
const DOMAINS = ['example.com', 'example.org', 'mail.example', 'post.example']

/** Invented people; no two of them, in whatever tables, share a name, address or number. */
export class People {
  readonly #random: Random
  readonly #taken = new Set<string>()

  constructor(random: Random) {
    this.#random = random
  }

  invent(): Person {
    const random = this.#random
    const name = this.#unique(() => `${random.pick(FIRST_NAMES)} ${surname(random)}`)
    const [city, country] = random.pick(CITIES)
    const mailbox = name.toLowerCase().replaceAll('ö', 'oe').replaceAll(' ', '.')
    return {
      name,
      email: this.#unique(() => `${mailbox}.${random.digits(3)}@${random.pick(DOMAINS)}`),
      phone: this.#unique(() => phone(random)),
      ssn: this.#unique(() => socialSecurityNumber(random)),
      card: this.#unique(() => cardNumber(random)),
      iban: this.#unique(() => iban(random)),
      birthDate: `${random.between(1944, 2005)}-${two(random.between(1, 12))}-${two(random.between(1, 28))}`,
      street: this.#unique(() => `${random.between(1, 9999)} ${random.pick(STREETS)} ${random.pick(SYLLABLES)}lane`),
      city,
      country,
    }
  }

  #unique(make: () => string): string {
    for (;;) {
      const value = make()
      if (this.#taken.has(value)) continue
      this.#taken.add(value)
      return value
    }
  }
}

function surname(random: Random): string {
  const text = random.pick(SYLLABLES) + random.pick(SYLLABLES) + random.pick(ENDINGS)
  return (text[0] ?? '').toUpperCase() + text.slice(1)
}

export function two(value: number): string {
  return String(value).padStart(2, '0')
}
