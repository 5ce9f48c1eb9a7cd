import type { Identity } from './protection/contract.ts'
import type { Session } from './session.ts'

/** Who is connected. */
export class Sessions {
  readonly #all = new Set<Session>()
  readonly #ofUser = new Map<number, Set<Session>>()
  readonly #byAddress = new Map<string, number>()
  readonly #forgets: boolean
  #closed = 0

  /** `forgets`: see `Behaviour.forgetsSessions`. */
  constructor(forgets: boolean) {
    this.#forgets = forgets
  }

  /** Sessions in memory. */
  get count(): number {
    return this.#all.size
  }

  get open(): number {
    return this.#forgets ? this.#all.size : this.#all.size - this.#closed
  }

  get usersOnline(): number {
    return this.#ofUser.size
  }

  get waitingBytes(): number {
    let sum = 0
    for (const session of this.#all) if (!session.isClosed) sum += session.waitingBytes
    return sum
  }

  all(): Session[] {
    return [...this.#all].filter(({ isClosed }) => !isClosed)
  }

  fromAddress(address: string): number {
    return this.#byAddress.get(address) ?? 0
  }

  opened(session: Session): void {
    this.#all.add(session)
    this.#byAddress.set(session.address, this.fromAddress(session.address) + 1)
  }

  /** From now on what is meant for the user comes to this connection too. */
  identified(session: Session, user: Identity): void {
    session.user = user
    const sessions = this.#ofUser.get(user.id) ?? new Set()
    this.#ofUser.set(user.id, sessions.add(session))
  }

  of(userId: number): ReadonlySet<Session> {
    return this.#ofUser.get(userId) ?? new Set()
  }

  closed(session: Session): void {
    session.isClosed = true
    const others = this.fromAddress(session.address) - 1
    if (others > 0) this.#byAddress.set(session.address, others)
    else this.#byAddress.delete(session.address)
    if (this.#forgets) this.#all.delete(session)
    else this.#closed += 1
    if (session.user === undefined) return
    const sessions = this.#ofUser.get(session.user.id)
    sessions?.delete(session)
    if (sessions?.size === 0) this.#ofUser.delete(session.user.id)
  }
}
