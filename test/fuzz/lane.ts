/** One client that attacks: a connection, a session, and round after round an attack with its harmless twin. */
import { type Answer, faultOf } from './answers.ts'
import { type Attack, attackWith, type Mutation } from './attack.ts'
import { BODY_MUTATIONS, MEMBER_MUTATIONS } from './body-mutations.ts'
import type { FuzzWorld } from './fuzz-world.ts'
import { HEAD_MUTATIONS } from './head-mutations.ts'
import { encodeRequest, type HttpRequest, makeRequest } from './http-request.ts'
import { Random } from './random.ts'
import {
  authorized,
  type FuzzSession,
  logInRequest,
  queryRequest,
  REQUEST_KINDS,
  type RequestKind,
  type Scene,
} from './request-kinds.ts'
import { type Exchange, WireConnection } from './wire-connection.ts'
import { WIRE_MUTATIONS } from './wire-mutations.ts'

/** Something that must not be. */
export interface Finding {
  readonly index: number
  readonly kind: string
  readonly mutation: string
  readonly what: string
  readonly sent: Buffer
}

export interface Tally {
  readonly findings: Finding[]
  /** How the attacks ended. */
  readonly ends: Map<string, number>
  /** Tokens that were handed out: nobody may find them in the log or the record. */
  readonly secrets: Set<string>
  /** Sessions whose driver left before it was told of them. */
  lostSessions: number
}

const WEIGHTS = REQUEST_KINDS.reduce((sum, { weight }) => sum + weight, 0)
const OLD_LINK_ROUNDS = 50

export class Lane {
  readonly #world: FuzzWorld
  readonly #person: string
  readonly #seed: number
  readonly #needles: readonly string[]
  readonly #tally: Tally
  #connection: WireConnection | null = null
  #session: FuzzSession = { token: '', master: '' }
  #queryId = ''
  #chunk: Scene['chunk'] = { path: '', headers: [] }
  #rounds = 0
  #requests = 0

  constructor(world: FuzzWorld, number: number, seed: number, tally: Tally) {
    this.#world = world
    this.#person = number % 2 === 0 ? 'ada' : 'ben'
    this.#seed = seed
    this.#needles = [needleOf(seed), world.folder]
    this.#tally = tally
  }

  async begin(): Promise<void> {
    this.#session = await this.#logIn(new Random(this.#seed, 'begin', this.#person))
    await this.#renewFacts()
  }

  async end(): Promise<void> {
    await this.#logOut(this.#session)
    this.#connection?.close()
  }

  /** The attack of this index, and its twin. */
  async round(index: number): Promise<void> {
    this.#rounds += 1
    if (this.#rounds % OLD_LINK_ROUNDS === 0) await this.#renewFacts()
    const kind = kindOf(new Random(this.#seed, index, 'kind'))
    const attack = await this.#play(index, kind, (request) =>
      attackOf(request, new Random(this.#seed, index, 'attack')),
    )
    await this.#play(index, kind, (request) => plainly(request), attack.mutation)
  }

  /** `after`: of a twin, what had been done to the other. */
  async #play(
    index: number,
    kind: RequestKind,
    make: (request: HttpRequest) => Attack,
    after?: string,
  ): Promise<Attack> {
    const scene = await this.#sceneOf(index, kind)
    const attack = make(kind.make(scene))
    const exchange = await this.#exchange(attack)
    const find = (what: string): void => {
      const mutation = after === undefined ? attack.mutation : `twin of ${after}`
      this.#tally.findings.push({ index, kind: kind.name, mutation, what, sent: attack.bytes })
    }
    for (const what of faultsOf(exchange, attack, this.#needles)) find(what)
    if (after === undefined) this.#count(exchange)
    else await this.#judgeTwin(kind, exchange, find)
    await this.#cleanUp(kind, scene, attack, exchange)
    return attack
  }

  async #judgeTwin(kind: RequestKind, exchange: Exchange, find: (what: string) => void): Promise<void> {
    const [answer] = exchange.kind === 'answered' ? exchange.answers : []
    if (answer === undefined) return
    const what = kind.judge(answer)
    if (what === null) return this.#remember(answer)
    find(`${what}: ${answer.status} ${answer.body.toString().slice(0, 300)}`)
    // One fault is told once: the next rounds have a session that works.
    if (answer.envelope?.code?.startsWith('3901') === true) await this.begin()
  }

  #remember({ envelope }: Answer): void {
    const queryId = dataOf(envelope?.data).queryId
    if (envelope?.code === null && envelope.success && typeof queryId === 'string') this.#queryId = queryId
  }

  #count(exchange: Exchange): void {
    const { ends } = this.#tally
    const [answer] = exchange.kind === 'answered' ? exchange.answers : []
    const end =
      answer === undefined
        ? exchange.kind
        : (answer.envelope?.code ?? (answer.envelope?.success ? 'success' : String(answer.status)))
    ends.set(end, (ends.get(end) ?? 0) + 1)
  }

  async #sceneOf(index: number, kind: RequestKind): Promise<Scene> {
    const random = new Random(this.#seed, index, 'request')
    this.#requests += 1
    const ids = new Random(this.#seed, index, 'ids', this.#requests)
    const requestId = (): string => ids.uuid()
    const session = kind.needs === 'session' ? await this.#logIn(random) : this.#session
    const running = kind.needs === 'running' ? await this.#startSlow(requestId()) : { requestId: '', queryId: '' }
    return {
      random,
      requestId,
      session,
      queryId: this.#queryId,
      chunk: this.#chunk,
      running,
      bearer: this.#world.mint(this.#person),
      needle: needleOf(this.#seed),
    }
  }

  /** What an attack may have opened is closed again. */
  async #cleanUp(kind: RequestKind, scene: Scene, attack: Attack, exchange: Exchange): Promise<void> {
    if (kind.needs === 'session') await this.#logOut(scene.session)
    const answers = exchange.kind === 'answered' ? exchange.answers : []
    for (const { envelope } of answers) {
      const { token, masterToken } = dataOf(envelope?.data)
      if (typeof token === 'string') await this.#logOut({ token, master: String(masterToken) })
    }
    if (kind.name.startsWith('log-in') && answers.length === 0 && attack.bytes.length > 0) this.#tally.lostSessions += 1
  }

  async #logIn(random: Random): Promise<FuzzSession> {
    const scene = { random, requestId: () => crypto.randomUUID() }
    const request = logInRequest(scene, { AUTHENTICATOR: 'OAUTH', TOKEN: this.#world.mint(this.#person) })
    const { token, masterToken } = dataOf((await this.#ask(request)).envelope?.data)
    if (typeof token !== 'string') throw new Error('a plain log-in does not succeed')
    this.#tally.secrets.add(token).add(String(masterToken))
    return { token, master: String(masterToken) }
  }

  async #logOut({ token }: FuzzSession): Promise<void> {
    await this.#ask(makeRequest('POST', '/session', { query: [['delete', 'true']], headers: authorized(token) }))
  }

  /** A result to ask for again, and links to its chunk that are new. */
  async #renewFacts(): Promise<void> {
    const scene = { requestId: () => crypto.randomUUID(), session: this.#session }
    const { envelope } = await this.#ask(queryRequest(scene, 'SELECT X FROM BIG'))
    const { queryId, chunks, chunkHeaders } = dataOf(envelope?.data) as {
      readonly queryId?: string
      readonly chunks?: readonly { readonly url: string }[]
      readonly chunkHeaders?: Readonly<Record<string, string>>
    }
    const url = chunks?.[0]?.url
    if (queryId === undefined || url === undefined)
      throw new Error(`a plain query does not succeed: ${envelope?.message}`)
    this.#queryId = queryId
    for (const secret of [...new URL(url).pathname.split('/'), ...Object.values(chunkHeaders ?? {})]) {
      if (secret.startsWith('ic')) this.#tally.secrets.add(secret)
    }
    this.#chunk = { path: new URL(url).pathname, headers: Object.entries(chunkHeaders ?? {}) }
  }

  async #startSlow(requestId: string): Promise<Scene['running']> {
    const scene = { requestId: () => requestId, session: this.#session }
    const { envelope } = await this.#ask(queryRequest(scene, 'SELECT X FROM SLOW', { asyncExec: true }))
    return { requestId, queryId: String(dataOf(envelope?.data).queryId) }
  }

  async #ask(request: HttpRequest): Promise<Answer> {
    const exchange = await this.#exchange(plainly(request))
    const [answer] = exchange.kind === 'answered' ? exchange.answers : []
    if (answer === undefined) throw new Error(`a plain request is not answered: ${exchange.kind}`)
    return answer
  }

  async #exchange(attack: Attack): Promise<Exchange> {
    if (this.#connection?.isOpen !== true) this.#connection = await WireConnection.open(this.#world.gateway.url)
    const exchange = await this.#connection.exchange(attack)
    if (attack.isBroken) this.#connection.close()
    return exchange
  }
}

function kindOf(random: Random): RequestKind {
  let left = random.below(WEIGHTS)
  const found = REQUEST_KINDS.find(({ weight }) => {
    left -= weight
    return left < 0
  })
  return found ?? random.pick(REQUEST_KINDS)
}

function attackOf(request: HttpRequest, random: Random): Attack {
  const first = mutationFor(request, random)
  if (!random.chance(0.25)) return attackWith(first, request, random)
  const changed = first.apply(request, random)
  if (Buffer.isBuffer(changed)) return attackWith({ ...first, apply: () => changed }, request, random)
  const second = random.pick(random.chance(0.5) ? HEAD_MUTATIONS : WIRE_MUTATIONS)
  return attackWith({ ...second, name: `${first.name}, ${second.name}` }, changed, random)
}

function mutationFor(request: HttpRequest, random: Random): Mutation {
  const mutations = random.pick([MEMBER_MUTATIONS, BODY_MUTATIONS, HEAD_MUTATIONS, WIRE_MUTATIONS])
  const mutation = random.pick(mutations)
  return mutation.fits?.(request) === false ? random.pick(HEAD_MUTATIONS) : mutation
}

function plainly(request: HttpRequest): Attack {
  return { mutation: 'none', bytes: encodeRequest(request), isBroken: false, leaves: false, isHead: false }
}

function* faultsOf(exchange: Exchange, attack: Attack, needles: readonly string[]): Generator<string> {
  if (exchange.kind === 'hang') yield 'it is neither answered nor closed'
  if (exchange.kind === 'closed' && !attack.isBroken) yield 'the connection is closed without an answer'
  if (exchange.kind === 'closed' && exchange.rest.length > 0)
    yield `half an answer: ${exchange.rest.toString('latin1', 0, 200)}`
  if (exchange.kind !== 'answered') return
  for (const answer of exchange.answers) {
    const what = faultOf(answer, needles)
    if (what !== null) yield `${what}: ${answer.status} ${answer.body.toString('latin1', 0, 200)}`
  }
}

/** Stands where passwords and foreign tokens do: nobody may say it again. */
export function needleOf(seed: number): string {
  return `needle-${new Random(seed, 'needle').uuid()}`
}

function dataOf(data: unknown): Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : {}
}
