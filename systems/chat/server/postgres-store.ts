import type { Database, Statement } from './database.ts'
import type { Identity } from './protection/contract.ts'
import type { Direct, ListedRoom, Membership, Message, NewDirect, NewMessage, Page, Room, Store } from './store.ts'

const statement = (name: string, text: string): Statement => ({ name, text })

const sql = {
  ping: statement('ping', 'SELECT 1 AS ok'),
  addUser: statement(
    'add-user',
    'INSERT INTO users (name, password_hash) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id, name',
  ),
  findUser: statement('find-user', 'SELECT id, name, password_hash AS "passwordHash" FROM users WHERE name = $1'),
  addRoom: statement('add-room', 'INSERT INTO rooms (name, owner_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id, name'),
  findRoom: statement('find-room', 'SELECT id, name FROM rooms WHERE name = $1'),
  rooms: statement('rooms', 'SELECT id, name, member_count AS members FROM rooms WHERE name > $1 ORDER BY name LIMIT $2'),
  isMember: statement('is-member', 'SELECT 1 AS yes FROM members WHERE room_id = $1 AND user_id = $2'),
  // One statement, one transaction. Who is a member already changes nothing and locks no room.
  join: statement(
    'join',
    `WITH added AS (
      INSERT INTO members (room_id, user_id) SELECT DISTINCT * FROM unnest($1::integer[], $2::integer[]) ON CONFLICT DO NOTHING RETURNING room_id)
    UPDATE rooms SET member_count = member_count + n FROM (SELECT room_id, count(*) AS n FROM added GROUP BY room_id) counts WHERE rooms.id = room_id`,
  ),
  leave: statement(
    'leave',
    `WITH gone AS (DELETE FROM members WHERE room_id = $1 AND user_id = $2 RETURNING room_id)
    UPDATE rooms SET member_count = member_count - 1 FROM gone WHERE rooms.id = room_id`,
  ),
  // The row of a room is the lock on its numbers: they have no gap and no double, and are given in the order of the batch.
  addMessages: statement(
    'add-messages',
    `WITH batch AS (
      SELECT * FROM unnest($1::integer[], $2::integer[], $3::text[], $4::float8[]) WITH ORDINALITY AS t (room_id, user_id, text, at, no)),
    counted AS (
      UPDATE rooms SET last_seq = last_seq + n FROM (SELECT room_id, count(*) AS n FROM batch GROUP BY room_id) counts
      WHERE rooms.id = room_id RETURNING id, last_seq - n AS base)
    INSERT INTO messages (room_id, seq, user_id, text, sent_at)
      SELECT room_id, base + row_number() OVER (PARTITION BY room_id ORDER BY no), user_id, text, to_timestamp(at / 1000)
      FROM batch JOIN counted ON counted.id = room_id
    RETURNING room_id AS "roomId", seq`,
  ),
  newestMessages: statement(
    'newest-messages',
    `SELECT seq, name AS from, text, extract(epoch FROM sent_at)::float8 * 1000 AS at FROM messages JOIN users ON users.id = user_id
    WHERE room_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3`,
  ),
  messagesAfter: statement(
    'messages-after',
    `SELECT seq, name AS from, text, extract(epoch FROM sent_at)::float8 * 1000 AS at FROM messages JOIN users ON users.id = user_id
    WHERE room_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
  ),
  // Numbers are given in the order of the select.
  addDirects: statement(
    'add-directs',
    `INSERT INTO directs (from_id, to_id, text, sent_at)
      SELECT from_id, to_id, text, to_timestamp(at / 1000)
      FROM unnest($1::integer[], $2::integer[], $3::text[], $4::float8[]) WITH ORDINALITY AS t (from_id, to_id, text, at, no) ORDER BY no
    RETURNING id AS no`,
  ),
  directsBetween: statement(
    'directs-between',
    `SELECT directs.id AS no, a.name AS from, b.name AS to, text, extract(epoch FROM sent_at)::float8 * 1000 AS at
    FROM directs JOIN users a ON a.id = from_id JOIN users b ON b.id = to_id
    WHERE least(from_id, to_id) = least($1::integer, $2::integer) AND greatest(from_id, to_id) = greatest($1::integer, $2::integer)
      AND directs.id < $3 ORDER BY directs.id DESC LIMIT $4`,
  ),
  directsFor: statement(
    'directs-for',
    `SELECT directs.id AS no, a.name AS from, b.name AS to, text, extract(epoch FROM sent_at)::float8 * 1000 AS at
    FROM directs JOIN users a ON a.id = from_id JOIN users b ON b.id = to_id
    WHERE to_id = $1 AND delivered_at IS NULL ORDER BY directs.id LIMIT $2`,
  ),
  markDelivered: statement('mark-delivered', 'UPDATE directs SET delivered_at = now() WHERE id = ANY ($1::bigint[])'),
}

const newest = Number.MAX_SAFE_INTEGER

export class PostgresStore implements Store {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  isUp(): Promise<boolean> {
    return this.#database.rows(sql.ping).then(
      () => true,
      () => false,
    )
  }

  async addUser(name: string, passwordHash: string): Promise<Identity | undefined> {
    return (await this.#database.rows<Identity>(sql.addUser, [name, passwordHash]))[0]
  }

  async findUser(name: string): Promise<(Identity & { readonly passwordHash: string }) | undefined> {
    return (await this.#database.rows<Identity & { passwordHash: string }>(sql.findUser, [name]))[0]
  }

  addRoom(name: string, ownerId: number): Promise<Room | undefined> {
    return this.#database.transaction(async (queries) => {
      const [room] = await queries.rows<Room>(sql.addRoom, [name, ownerId])
      if (room !== undefined) await queries.rows(sql.join, [[room.id], [ownerId]])
      return room
    })
  }

  async findRoom(name: string): Promise<Room | undefined> {
    return (await this.#database.rows<Room>(sql.findRoom, [name]))[0]
  }

  rooms(after: string, limit: number): Promise<readonly ListedRoom[]> {
    return this.#database.rows<ListedRoom>(sql.rooms, [after, limit])
  }

  async isMember({ roomId, userId }: Membership): Promise<boolean> {
    return (await this.#database.rows(sql.isMember, [roomId, userId])).length > 0
  }

  async join(memberships: readonly Membership[]): Promise<void> {
    await this.#database.rows(sql.join, [memberships.map(({ roomId }) => roomId), memberships.map(({ userId }) => userId)])
  }

  async leave({ roomId, userId }: Membership): Promise<void> {
    await this.#database.rows(sql.leave, [roomId, userId])
  }

  async addMessages(messages: readonly NewMessage[]): Promise<readonly number[]> {
    const added = await this.#database.rows<{ roomId: number; seq: number }>(sql.addMessages, [
      messages.map(({ roomId }) => roomId),
      messages.map(({ userId }) => userId),
      messages.map(({ text }) => text),
      messages.map(({ at }) => at),
    ])
    return numbersInOrder(messages, added)
  }

  messages(roomId: number, { before, after, limit }: Page): Promise<readonly Message[]> {
    return after === undefined
      ? this.#database.rows<Message>(sql.newestMessages, [roomId, before ?? newest, limit])
      : this.#database.rows<Message>(sql.messagesAfter, [roomId, after, limit])
  }

  async addDirects(directs: readonly NewDirect[]): Promise<readonly number[]> {
    const added = await this.#database.rows<{ no: number }>(sql.addDirects, [
      directs.map(({ fromId }) => fromId),
      directs.map(({ toId }) => toId),
      directs.map(({ text }) => text),
      directs.map(({ at }) => at),
    ])
    return added.map(({ no }) => no).sort((a, b) => a - b)
  }

  directsBetween(userId: number, otherId: number, { before, limit }: Page): Promise<readonly Direct[]> {
    return this.#database.rows<Direct>(sql.directsBetween, [userId, otherId, before ?? newest, limit])
  }

  directsFor(userId: number, limit: number): Promise<readonly Direct[]> {
    return this.#database.rows<Direct>(sql.directsFor, [userId, limit])
  }

  async markDelivered(numbers: readonly number[]): Promise<void> {
    await this.#database.rows(sql.markDelivered, [numbers])
  }
}

/** The database returns rows in any order, but gave the numbers of a room in ours. */
function numbersInOrder(
  messages: readonly NewMessage[],
  added: readonly { readonly roomId: number; readonly seq: number }[],
): number[] {
  const next = new Map<number, number>()
  for (const { roomId, seq } of added) next.set(roomId, Math.min(seq, next.get(roomId) ?? newest))
  return messages.map(({ roomId }) => {
    const seq = next.get(roomId)
    if (seq === undefined) throw new Error(`No message of room ${roomId} was stored.`)
    next.set(roomId, seq + 1)
    return seq
  })
}
