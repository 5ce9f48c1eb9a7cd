import { Packet } from './packet.ts'
import type { Session } from './session.ts'
import type { Room } from './store.ts'

/** Names in one presence event; `here` counts all. */
const mostNames = 50

export interface LiveRoomOptions {
  readonly room: Room
  /** Comings and goings within this time are told together, or a thousand who come at once would cause a million events. */
  readonly presenceEveryMs: number
  /** A planted defect: see `Behaviour.waitsForReaders`. */
  readonly waitsForReaders: boolean
}

/** A room with somebody in it: who is there, and how they hear of things. */
export class LiveRoom {
  readonly id: number
  readonly name: string
  readonly #sessions = new Set<Session>()
  /** Connections by name: somebody may be there twice. */
  readonly #here = new Map<string, number>()
  readonly #presenceEveryMs: number
  readonly #waitsForReaders: boolean
  #joined = new Set<string>()
  #left = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  #published: Promise<void> = Promise.resolve()

  constructor({ room, presenceEveryMs, waitsForReaders }: LiveRoomOptions) {
    this.id = room.id
    this.name = room.name
    this.#presenceEveryMs = presenceEveryMs
    this.#waitsForReaders = waitsForReaders
  }

  get isEmpty(): boolean {
    return this.#sessions.size === 0
  }

  get here(): number {
    return this.#here.size
  }

  users(most: number): string[] {
    return [...this.#here.keys()].slice(0, most)
  }

  add(session: Session, name: string): void {
    if (this.#sessions.has(session)) return
    this.#sessions.add(session)
    session.rooms.add(this)
    const connections = this.#here.get(name) ?? 0
    this.#here.set(name, connections + 1)
    if (connections === 0) this.#tell(name, this.#joined, this.#left)
  }

  remove(session: Session, name: string): void {
    if (!this.#sessions.delete(session)) return
    session.rooms.delete(this)
    const connections = this.#here.get(name) ?? 0
    if (connections > 1) {
      this.#here.set(name, connections - 1)
      return
    }
    this.#here.delete(name)
    this.#tell(name, this.#left, this.#joined)
  }

  sessionsOf(userId: number): Session[] {
    return [...this.#sessions].filter(({ user }) => user?.id === userId)
  }

  /** To everybody in the room, in this order. */
  publish(packets: readonly Packet[]): void {
    if (this.#waitsForReaders) {
      this.#published = this.#published.then(() => this.#publishOneByOne(packets))
      return
    }
    for (const session of this.#sessions) session.sendAll(packets)
  }

  /** All that was published has been handed to the connections. */
  published(): Promise<void> {
    return this.#published
  }

  async #publishOneByOne(packets: readonly Packet[]): Promise<void> {
    for (const session of this.#sessions) {
      session.sendAll(packets)
      await session.flushed()
    }
  }

  #tell(name: string, change: Set<string>, opposite: Set<string>): void {
    if (!opposite.delete(name)) change.add(name)
    this.#timer ??= setTimeout(() => this.#tellPresence(), this.#presenceEveryMs).unref()
  }

  #tellPresence(): void {
    const [joined, left] = [this.#joined, this.#left].map((names) => [...names].slice(0, mostNames))
    this.#timer = undefined
    this.#joined = new Set()
    this.#left = new Set()
    if (joined === undefined || left === undefined || joined.length + left.length === 0) return
    this.publish([new Packet({ type: 'presence', room: this.name, here: this.here, joined, left })])
  }
}
