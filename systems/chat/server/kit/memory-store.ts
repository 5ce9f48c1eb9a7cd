import type { Identity } from '../protection/contract.ts'
import type { Direct, ListedRoom, Membership, Message, NewDirect, NewMessage, Page, Room, Store } from '../store.ts'

interface KnownUser extends Identity {
  readonly passwordHash: string
}

/** A store for tests: as the database, without one. A write takes a turn of the event loop, and can be held back. */
export class MemoryStore implements Store {
  readonly messagesOf = new Map<number, Message[]>()
  /** Writes wait for it. */
  gate: Promise<void> = Promise.resolve()
  readonly #users = new Map<string, KnownUser>()
  readonly #rooms = new Map<string, Room>()
  readonly #members = new Map<number, Set<number>>()
  readonly #directs: (Direct & { readonly toId: number; readonly fromId: number; isDelivered: boolean })[] = []

  isUp(): Promise<boolean> {
    return Promise.resolve(true)
  }

  addUser(name: string, passwordHash: string): Promise<Identity | undefined> {
    if (this.#users.has(name)) return Promise.resolve(undefined)
    const user = { id: this.#users.size + 1, name, passwordHash }
    this.#users.set(name, user)
    return Promise.resolve({ id: user.id, name })
  }

  findUser(name: string): Promise<KnownUser | undefined> {
    return Promise.resolve(this.#users.get(name))
  }

  addRoom(name: string, ownerId: number): Promise<Room | undefined> {
    if (this.#rooms.has(name)) return Promise.resolve(undefined)
    const room = { id: this.#rooms.size + 1, name }
    this.#rooms.set(name, room)
    this.#members.set(room.id, new Set([ownerId]))
    return Promise.resolve(room)
  }

  findRoom(name: string): Promise<Room | undefined> {
    return Promise.resolve(this.#rooms.get(name))
  }

  rooms(after: string, limit: number): Promise<readonly ListedRoom[]> {
    const sorted = [...this.#rooms.values()].filter(({ name }) => name > after).sort((a, b) => (a.name < b.name ? -1 : 1))
    return Promise.resolve(sorted.slice(0, limit).map((room) => ({ ...room, members: this.#members.get(room.id)?.size ?? 0 })))
  }

  isMember({ roomId, userId }: Membership): Promise<boolean> {
    return Promise.resolve(this.#members.get(roomId)?.has(userId) ?? false)
  }

  join(memberships: readonly Membership[]): Promise<void> {
    for (const { roomId, userId } of memberships) this.#members.get(roomId)?.add(userId)
    return Promise.resolve()
  }

  leave({ roomId, userId }: Membership): Promise<void> {
    this.#members.get(roomId)?.delete(userId)
    return Promise.resolve()
  }

  async addMessages(messages: readonly NewMessage[]): Promise<readonly number[]> {
    await this.gate
    return messages.map(({ roomId, userId, text, at }) => {
      const known = this.messagesOf.get(roomId) ?? []
      this.messagesOf.set(roomId, known)
      return known.push({ seq: known.length + 1, from: this.#nameOf(userId), text, at })
    })
  }

  messages(roomId: number, { before = Infinity, after, limit }: Page): Promise<readonly Message[]> {
    const all = this.messagesOf.get(roomId) ?? []
    const found = after === undefined ? all.filter(({ seq }) => seq < before).reverse() : all.filter(({ seq }) => seq > after)
    return Promise.resolve(found.slice(0, limit))
  }

  addDirects(directs: readonly NewDirect[]): Promise<readonly number[]> {
    return Promise.resolve(
      directs.map(({ fromId, toId, text, at }) => {
        const no = this.#directs.length + 1
        const [from, to] = [this.#nameOf(fromId), this.#nameOf(toId)]
        return this.#directs.push({ no, from, to, text, at, fromId, toId, isDelivered: false })
      }),
    )
  }

  directsBetween(userId: number, otherId: number, { before = Infinity, limit }: Page): Promise<readonly Direct[]> {
    const pair = new Set([userId, otherId])
    const between = this.#directs.filter(({ fromId, toId, no }) => pair.has(fromId) && pair.has(toId) && no < before)
    return Promise.resolve(between.reverse().slice(0, limit).map(plain))
  }

  directsFor(userId: number, limit: number): Promise<readonly Direct[]> {
    const waiting = this.#directs.filter(({ toId, isDelivered }) => toId === userId && !isDelivered)
    return Promise.resolve(waiting.slice(0, limit).map(plain))
  }

  markDelivered(numbers: readonly number[]): Promise<void> {
    for (const direct of this.#directs) if (numbers.includes(direct.no)) direct.isDelivered = true
    return Promise.resolve()
  }

  #nameOf(userId: number): string {
    return [...this.#users.values()].find(({ id }) => id === userId)?.name ?? ''
  }
}

const plain = ({ no, from, to, text, at }: Direct): Direct => ({ no, from, to, text, at })
