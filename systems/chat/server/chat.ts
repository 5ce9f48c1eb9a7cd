import { setTimeout as sleep } from 'node:timers/promises'
import type { Behaviour } from './defects.ts'
import { Directs } from './directs.ts'
import { ChatError } from './errors.ts'
import { LiveRoom } from './live-room.ts'
import { limits } from './limits.ts'
import { CommittedLog, type MessageLog, type Publish } from './message-log.ts'
import { MessagesLater } from './messages-later.ts'
import { Packet } from './packet.ts'
import type { Identity } from './protection/contract.ts'
import type { Protections } from './protections.ts'
import { RoomDirectory } from './room-directory.ts'
import { closeCodes, type Session } from './session.ts'
import { Sessions } from './sessions.ts'
import type { Direct, Message, Page, Room, Store } from './store.ts'

export interface ChatOptions {
  readonly store: Store
  readonly behaviour: Behaviour
  readonly protections: Protections
  /** Comings and goings within this time are told together. */
  readonly presenceEveryMs?: number
}

/** Who does something, from where, and by which connection if it is one that stays. */
export interface Actor {
  readonly user: Identity
  readonly address: string
  readonly session?: Session
}

/** The core: what rooms, members and messages are, whichever door they come in by. */
export class Chat {
  readonly sessions: Sessions
  readonly rooms: RoomDirectory
  readonly #store: Store
  readonly #behaviour: Behaviour
  readonly #protections: Protections
  readonly #presenceEveryMs: number
  readonly #directs: Directs
  readonly #log: MessageLog
  readonly #live = new Map<number, LiveRoom>()
  #isDraining = false

  constructor({ store, behaviour, protections, presenceEveryMs = 250 }: ChatOptions) {
    this.#store = store
    this.#behaviour = behaviour
    this.#protections = protections
    this.#presenceEveryMs = presenceEveryMs
    this.sessions = new Sessions(behaviour.forgetsSessions)
    this.rooms = new RoomDirectory(store)
    this.#directs = new Directs(store, this.sessions)
    const publish: Publish = (room, messages) => this.#publish(room, messages)
    this.#log = behaviour.commitsFirst ? new CommittedLog(store, publish) : new MessagesLater(store, publish)
  }

  get isDraining(): boolean {
    return this.#isDraining
  }

  get messagesWaiting(): number {
    return this.#log.waiting
  }

  get liveRooms(): number {
    return this.#live.size
  }

  isUp(): Promise<boolean> {
    return this.#store.isUp()
  }

  /** Nothing new is taken in while we stop. */
  refuseWhileDraining(): void {
    if (!this.#isDraining) return
    this.#protections.monitor.refused('draining')
    throw new ChatError('draining', 'The server is about to stop.', { retryAfterSec: 1 })
  }

  async createRoom({ user, address }: Actor, name: string): Promise<Room> {
    const room = await this.rooms.create(name, user)
    this.#protections.audit.note({ kind: 'room-created', user: user.name, address, detail: name })
    return room
  }

  async join({ user, session }: Actor, name: string): Promise<{ readonly here: number }> {
    const room = await this.rooms.find(name)
    if (session !== undefined && session.rooms.size >= limits.roomsOfSession) {
      throw new ChatError('invalid', `One connection can be in ${limits.roomsOfSession} rooms.`)
    }
    await this.rooms.join(user, room)
    if (session === undefined || session.isClosed) return { here: this.#live.get(room.id)?.here ?? 0 }
    const live = this.#liveRoom(room)
    live.add(session, user.name)
    return { here: live.here }
  }

  /** No longer a member: no connection of the user hears of the room any more. */
  async leave({ user }: Actor, name: string): Promise<void> {
    const room = await this.rooms.find(name)
    await this.rooms.leave(user, room)
    const live = this.#live.get(room.id)
    for (const session of live?.sessionsOf(user.id) ?? []) this.#remove(live, session, user)
  }

  async say(actor: Actor, name: string, text: string): Promise<number> {
    const { user, address } = actor
    const room = await this.#roomFor(actor, name)
    this.#protections.patterns.look(text, { user: user.name, address })
    return this.#log.add({ room, roomId: room.id, userId: user.id, from: user.name, text, at: Date.now() })
  }

  async history(actor: Actor, name: string, page: Page): Promise<readonly Message[]> {
    const room = await this.#roomFor(actor, name)
    return this.#store.messages(room.id, page)
  }

  sendDirect({ user, address }: Actor, to: string, text: string): Promise<number> {
    this.#protections.patterns.look(text, { user: user.name, address })
    return this.#directs.send(user, to, text)
  }

  catchUp(session: Session, user: Identity): Promise<void> {
    return this.#directs.catchUp(session, user)
  }

  directsWith({ user }: Actor, other: string, page: Page): Promise<readonly Direct[]> {
    return this.#directs.between(user, other, page)
  }

  async who(actor: Actor, name: string): Promise<{ readonly here: number; readonly users: readonly string[] }> {
    const room = await this.#roomFor(actor, name)
    const live = this.#live.get(room.id)
    return { here: live?.here ?? 0, users: live?.users(limits.page) ?? [] }
  }

  /** For files: undefined also for those who are no members. */
  async roomOf(user: Identity, name: string): Promise<Room | undefined> {
    const room = await this.rooms.find(name).catch((error: unknown) => {
      if (error instanceof ChatError && error.code === 'not-found') return undefined
      throw error
    })
    return room !== undefined && (await this.rooms.isMember(user, room)) ? room : undefined
  }

  closed(session: Session): void {
    if (session.user !== undefined) {
      for (const live of [...session.rooms]) this.#remove(live, session, session.user)
    }
    this.sessions.closed(session)
  }

  /**
   * What was accepted is stored and delivered before anybody is sent away; who does not read in time is not waited for. Between the notice and the end there is
   * time for those who are about to say something to be told no: what crosses a close on its way has no answer.
   */
  async drain({ noticeMs, withinMs }: { readonly noticeMs: number; readonly withinMs: number }): Promise<void> {
    this.#isDraining = true
    const noticed = sleep(noticeMs)
    const notice = new Packet({
      type: 'notice',
      code: 'draining',
      message: 'The server is about to stop: come back in a moment.',
    })
    for (const session of this.sessions.all()) session.send(notice)
    let timer: NodeJS.Timeout | undefined
    const tooLate = new Promise<void>((resolve) => (timer = setTimeout(resolve, withinMs)))
    await Promise.race([this.#settle().then(() => noticed), tooLate])
    // What was answered since then.
    await Promise.race([this.#settle(), tooLate])
    clearTimeout(timer)
    for (const session of this.sessions.all()) session.close(closeCodes.goingAway, 'the server stops')
  }

  async #settle(): Promise<void> {
    await Promise.all([this.#log.settle(), this.rooms.settle(), this.#directs.settle()])
    // The answers to what was just settled are handed over in the turns of their own promises.
    await new Promise((resolve) => setImmediate(resolve))
    await Promise.all([...this.#live.values()].map((live) => live.published()))
    await Promise.all(this.sessions.all().map((session) => session.flushed()))
  }

  /** Who is in the room by this connection is a member; of anybody else the database knows. */
  async #roomFor({ user, session }: Actor, name: string): Promise<Room> {
    for (const live of session?.rooms ?? []) if (live.name === name) return live
    const room = await this.rooms.find(name)
    if (!(await this.rooms.isMember(user, room)))
      throw new ChatError('forbidden', `Only members can do this: join "${name}" first.`)
    return room
  }

  #publish(room: Room, messages: readonly Message[]): void {
    const live = this.#live.get(room.id)
    live?.publish(messages.map((message) => new Packet({ type: 'message', room: room.name, ...message })))
  }

  #liveRoom(room: Room): LiveRoom {
    const known = this.#live.get(room.id)
    if (known !== undefined) return known
    const { waitsForReaders } = this.#behaviour
    const live = new LiveRoom({ room, presenceEveryMs: this.#presenceEveryMs, waitsForReaders })
    this.#live.set(room.id, live)
    return live
  }

  #remove(live: LiveRoom | undefined, session: Session, user: Identity): void {
    live?.remove(session, user.name)
    if (live?.isEmpty) this.#live.delete(live.id)
  }
}
