import { Batch } from './batch.ts'
import { ChatError } from './errors.ts'
import { Packet } from './packet.ts'
import type { Identity } from './protection/contract.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'
import type { Direct, DirectStore, NewDirect, Page, UserStore } from './store.ts'

/** What waited for somebody is given in portions of this many. */
const portion = 200
const mostRemembered = 10_000

/** Messages from one user to another, kept for those who are away. */
export class Directs {
  readonly #store: DirectStore & UserStore
  readonly #sessions: Sessions
  readonly #sent: Batch<NewDirect, number>
  readonly #delivered: Batch<number, undefined>
  readonly #numbers = new Map<string, number>()
  /** Of sessions that get what waited: what came to them meanwhile. */
  readonly #catchingUp = new Map<Session, Set<number>>()

  constructor(store: DirectStore & UserStore, sessions: Sessions) {
    this.#store = store
    this.#sessions = sessions
    this.#sent = new Batch({ write: (directs) => store.addDirects(directs) })
    this.#delivered = new Batch({
      write: async (numbers) => {
        await store.markDelivered(numbers)
        return numbers.map(() => undefined)
      },
    })
  }

  async send(from: Identity, to: string, text: string): Promise<number> {
    const toId = await this.#numberOf(to)
    const at = Date.now()
    const no = await this.#sent.add({ fromId: from.id, toId, text, at })
    this.#deliver(toId, { no, from: from.name, to, text, at })
    return no
  }

  async between(user: Identity, other: string, page: Page): Promise<readonly Direct[]> {
    return this.#store.directsBetween(user.id, await this.#numberOf(other), page)
  }

  /** What came while nobody was there. */
  async catchUp(session: Session, user: Identity): Promise<void> {
    const seen = new Set<number>()
    this.#catchingUp.set(session, seen)
    try {
      for (;;) {
        const waiting = await this.#store.directsFor(user.id, portion)
        const unseen = waiting.filter(({ no }) => !seen.has(no))
        if (unseen.length === 0 || session.isClosed) return
        session.sendAll(unseen.map((direct) => new Packet({ type: 'direct', ...direct })))
        for (const { no } of unseen) seen.add(no)
        await session.flushed()
        // Who went away meanwhile gets them again: twice is better than never.
        if (!this.#sessions.of(user.id).has(session)) return
        await Promise.all(unseen.map(({ no }) => this.#delivered.add(no)))
      }
    } finally {
      this.#catchingUp.delete(session)
    }
  }

  async settle(): Promise<void> {
    await this.#sent.idle()
    await this.#delivered.idle()
  }

  #deliver(toId: number, direct: Direct): void {
    const sessions = this.#sessions.of(toId)
    const packet = new Packet({ type: 'direct', ...direct })
    for (const session of sessions) {
      const seen = this.#catchingUp.get(session)
      if (seen?.has(direct.no)) continue
      seen?.add(direct.no)
      session.send(packet)
    }
    // When this fails it is delivered once more at the next log-in.
    if (sessions.size > 0) this.#delivered.add(direct.no).catch(() => undefined)
  }

  async #numberOf(name: string): Promise<number> {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    const user = await this.#store.findUser(name)
    if (user === undefined) throw new ChatError('not-found', `There is nobody called "${name}".`)
    const [oldest] = this.#numbers.keys()
    if (oldest !== undefined && this.#numbers.size >= mostRemembered) this.#numbers.delete(oldest)
    this.#numbers.set(name, user.id)
    return user.id
  }
}
