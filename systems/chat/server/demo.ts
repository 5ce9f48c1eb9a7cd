import type { Queries, Statement } from './database.ts'
import type { Passwords } from './passwords.ts'

/** Of every user of the demonstration. */
export const demoPassword = 'correct-horse'

export const demoRooms = 50

const addUsers: Statement = {
  name: 'demo-users',
  text: `INSERT INTO users (name, password_hash) SELECT 'user' || i, $2 FROM generate_series(1, $1::integer) i ON CONFLICT DO NOTHING`,
}
const addRooms: Statement = {
  name: 'demo-rooms',
  text: `INSERT INTO rooms (name, owner_id) SELECT 'room' || i, users.id FROM generate_series(1, $1::integer) i, users WHERE users.name = 'user1'
    ON CONFLICT DO NOTHING`,
}

/** `user1` … and `room1` … for whoever wants to try the server or to load it: the same password for all, hashed once. */
export async function addDemo(queries: Queries, passwords: Passwords, users: number): Promise<void> {
  if (users === 0) return
  await queries.rows(addUsers, [users, await passwords.hash(demoPassword)])
  await queries.rows(addRooms, [demoRooms])
}
