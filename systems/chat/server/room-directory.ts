import { Batch } from './batch.ts'
import { ChatError } from './errors.ts'
import type { Identity } from './protection/contract.ts'
import type { ListedRoom, Membership, Room, RoomStore } from './store.ts'

/** Rooms are never renamed or removed, so what was found stays true. */
const mostRemembered = 10_000

/** Rooms and their members, as the database has them. */
export class RoomDirectory {
  readonly #store: RoomStore
  readonly #joins: Batch<Membership, undefined>
  readonly #remembered = new Map<string, Room>()

  constructor(store: RoomStore) {
    this.#store = store
    this.#joins = new Batch({
      write: async (memberships) => {
        await store.join(memberships)
        return memberships.map(() => undefined)
      },
    })
  }

  list(after: string, limit: number): Promise<readonly ListedRoom[]> {
    return this.#store.rooms(after, limit)
  }

  async create(name: string, owner: Identity): Promise<Room> {
    const room = await this.#store.addRoom(name, owner.id)
    if (room === undefined) throw new ChatError('conflict', `There is a room "${name}" already.`)
    return room
  }

  async find(name: string): Promise<Room> {
    const known = this.#remembered.get(name)
    if (known !== undefined) return known
    const room = await this.#store.findRoom(name)
    if (room === undefined) throw new ChatError('not-found', `There is no room "${name}".`)
    const [oldest] = this.#remembered.keys()
    if (oldest !== undefined && this.#remembered.size >= mostRemembered) this.#remembered.delete(oldest)
    this.#remembered.set(name, room)
    return room
  }

  async join(user: Identity, room: Room): Promise<void> {
    await this.#joins.add({ roomId: room.id, userId: user.id })
  }

  leave(user: Identity, room: Room): Promise<void> {
    return this.#store.leave({ roomId: room.id, userId: user.id })
  }

  isMember(user: Identity, room: Room): Promise<boolean> {
    return this.#store.isMember({ roomId: room.id, userId: user.id })
  }

  settle(): Promise<void> {
    return this.#joins.idle()
  }
}
