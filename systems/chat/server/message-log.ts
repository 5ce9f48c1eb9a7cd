import { Batch } from './batch.ts'
import type { Message, MessageStore, NewMessage, Room } from './store.ts'

/** A message on its way into a room. */
export interface Spoken extends NewMessage {
  readonly room: Room
  readonly from: string
}

export type Publish = (room: Room, messages: readonly Message[]) => void

export interface MessageLog {
  readonly waiting: number
  /** The number of the message in its room, when the sender may rely on it. */
  add(spoken: Spoken): Promise<number>
  /** What was accepted is settled, one way or the other; nothing is added after it. */
  settle(): Promise<void>
}

/** Stored first, then acknowledged and published, in the order of the database's numbers. */
export class CommittedLog implements MessageLog {
  readonly #batch: Batch<Spoken, number>

  constructor(store: MessageStore, publish: Publish) {
    this.#batch = new Batch({
      write: async (spoken) => {
        const numbers = await store.addMessages(spoken)
        publishByRoom(spoken, numbers, publish)
        return numbers
      },
    })
  }

  get waiting(): number {
    return this.#batch.waiting
  }

  add(spoken: Spoken): Promise<number> {
    return this.#batch.add(spoken)
  }

  settle(): Promise<void> {
    return this.#batch.idle()
  }
}

/** What is said in one room goes to its readers in one piece. */
function publishByRoom(spoken: readonly Spoken[], numbers: readonly number[], publish: Publish): void {
  const rooms = new Map<number, { readonly room: Room; readonly messages: Message[] }>()
  for (const [index, { room, from, text, at }] of spoken.entries()) {
    const inRoom = rooms.get(room.id) ?? { room, messages: [] }
    inRoom.messages.push({ seq: numbers[index] ?? 0, from, text, at })
    rooms.set(room.id, inRoom)
  }
  for (const { room, messages } of rooms.values()) {
    publish(
      room,
      messages.sort((a, b) => a.seq - b.seq),
    )
  }
}
