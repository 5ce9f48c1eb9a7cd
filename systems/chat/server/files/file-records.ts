import type { Queries, Statement } from '../database.ts'

/** What is known of a file. */
export interface FileRecord {
  readonly id: string
  readonly room: string
  readonly owner: string
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

export interface NewFileRecord extends Pick<FileRecord, 'id' | 'name' | 'bytes' | 'sha256'> {
  readonly roomId: number
  readonly ownerId: number
}

export interface FileRecords {
  add(file: NewFileRecord): Promise<void>
  find(id: string): Promise<FileRecord | undefined>
}

const add: Statement = {
  name: 'add_file',
  text: 'INSERT INTO files (id, room_id, owner_id, name, bytes, sha256) VALUES ($1, $2, $3, $4, $5, $6)',
}
const find: Statement = {
  name: 'find_file',
  text: `SELECT files.id, rooms.name AS room, users.name AS owner, files.name, bytes, sha256
    FROM files JOIN rooms ON rooms.id = room_id JOIN users ON users.id = files.owner_id WHERE files.id = $1`,
}

export function postgresFiles(queries: Queries): FileRecords {
  return {
    add: async ({ id, roomId, ownerId, name, bytes, sha256 }) => {
      await queries.rows(add, [id, roomId, ownerId, name, bytes, sha256])
    },
    find: async (id) => (await queries.rows<FileRecord>(find, [id]))[0],
  }
}
