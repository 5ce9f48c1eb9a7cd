import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { asChatError, ChatError } from '../errors.ts'
import type { Access, AuditEntry, Identity } from '../protection/contract.ts'
import { cleanFileName } from './file-name.ts'
import type { FileRecord, FileRecords } from './file-records.ts'
import { fileRoutes } from './file-routes.ts'
import { FileStore } from './file-store.ts'

const users: readonly Identity[] = [
  { id: 1, name: 'ann' },
  { id: 2, name: 'bob' },
  { id: 3, name: 'eve' },
]
const rooms: Readonly<Record<string, { readonly id: number; readonly members: readonly string[] }>> = {
  garden: { id: 7, members: ['ann', 'bob'] },
}

/** The header says who it is, as the server's own does after looking at the signature. */
const access: Access<FastifyRequest> = {
  authenticate: ({ headers }) => {
    const user = users.find(({ name }) => headers.authorization === `Bearer ${name}`)
    if (user === undefined) throw new ChatError('unauthorized', 'Who are you?')
    return user
  },
  roomOf: (user, name) => {
    const room = rooms[name]
    return Promise.resolve(room?.members.includes(user.name) ? { id: room.id, name } : undefined)
  },
}

class MemoryRecords implements FileRecords {
  readonly all = new Map<string, FileRecord>()
  isAway = false

  add({ id, name, bytes, sha256, ownerId }: Parameters<FileRecords['add']>[0]): Promise<void> {
    if (this.isAway) return Promise.reject(new Error('away'))
    this.all.set(id, { id, name, bytes, sha256, room: 'garden', owner: users[ownerId - 1]?.name ?? '' })
    return Promise.resolve()
  }

  find(id: string): Promise<FileRecord | undefined> {
    return Promise.resolve(this.all.get(id))
  }
}

async function serverOf({ guardsDownloads = true, mostBytes = 1_000 } = {}) {
  const app = fastify()
  const store = await FileStore.open()
  const records = new MemoryRecords()
  const noted: AuditEntry[] = []
  const audit = { note: (entry: AuditEntry) => noted.push(entry), close: () => Promise.resolve() }
  app.setErrorHandler((error, _request, reply) => {
    const { statusCode, code } = asChatError(error)
    return reply.code(statusCode).send({ error: code })
  })
  await fileRoutes(app, { store, records, access, audit, guardsDownloads, mostBytes })
  onTestFinished(async () => {
    await app.close()
    await store.close()
  })
  return { app, store, records, noted }
}

function upload(app: FastifyInstance, { user = 'ann', room = 'garden', content = 'hello', name = 'a.txt' } = {}) {
  const head = `--x\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n\r\n`
  return app.inject({
    method: 'POST',
    url: `/rooms/${room}/files`,
    headers: { authorization: `Bearer ${user}`, 'content-type': 'multipart/form-data; boundary=x' },
    payload: `${head}${content}\r\n--x--\r\n`,
  })
}

const download = (app: FastifyInstance, id: string, user?: string) =>
  app.inject({ url: `/files/${id}`, headers: user === undefined ? {} : { authorization: `Bearer ${user}` } })

const idOf = (answer: { json(): unknown }): string => (answer.json() as { id: string }).id // the route's answer

test('a member puts a file into a room, and another member gets the same bytes', async () => {
  const { app, noted } = await serverOf()
  const stored = await upload(app, { content: 'hello world' })
  const sha256 = createHash('sha256').update('hello world').digest('hex')
  expect(stored.statusCode).toBe(201)
  expect(stored.json()).toMatchObject({ name: 'a.txt', room: 'garden', bytes: 11, sha256 })
  const got = await download(app, idOf(stored), 'bob')
  expect(got.body).toBe('hello world')
  expect(got.headers).toMatchObject({ 'content-length': '11', 'x-content-type-options': 'nosniff', etag: `"${sha256}"` })
  expect(got.headers['content-disposition']).toBe("attachment; filename*=UTF-8''a.txt")
  expect(noted.map(({ kind, user }) => `${kind} ${user}`)).toEqual(['file-stored ann', 'file-read bob'])
})

test('who is no member of the room gets no file, and does not learn that there is one', async () => {
  const { app } = await serverOf()
  const id = idOf(await upload(app))
  const refused = await download(app, id, 'eve')
  const unknown = await download(app, '00000000-0000-4000-8000-000000000000', 'eve')
  expect([refused.statusCode, refused.body]).toEqual([unknown.statusCode, unknown.body])
  expect(refused.statusCode).toBe(404)
  expect((await download(app, id)).statusCode).toBe(401)
})

test('no-auth-on-download: anybody who knows its number gets the file', async () => {
  const { app } = await serverOf({ guardsDownloads: false })
  const id = idOf(await upload(app))
  expect((await download(app, id, 'eve')).body).toBe('hello')
  expect((await download(app, id)).body).toBe('hello')
})

test('nobody puts a file into a room of others', async () => {
  const { app, records } = await serverOf()
  expect((await upload(app, { user: 'eve' })).statusCode).toBe(404)
  expect((await upload(app, { user: 'nobody' })).statusCode).toBe(401)
  expect(records.all.size).toBe(0)
})

test('a file beyond the limit is refused and leaves nothing', async () => {
  const { app, store, records } = await serverOf({ mostBytes: 1_000 })
  expect((await upload(app, { content: 'x'.repeat(1_001) })).statusCode).toBe(413)
  expect((await upload(app, { content: 'x'.repeat(1_000) })).statusCode).toBe(201)
  expect(store.bytes).toBe(1_000)
  expect(records.all.size).toBe(1)
})

test('a file that the database cannot note does not stay on the disk', async () => {
  const { app, store, records } = await serverOf()
  const removed: string[] = []
  const remove = store.remove.bind(store)
  store.remove = (id) => {
    removed.push(id)
    return remove(id)
  }
  records.isAway = true
  expect((await upload(app)).statusCode).toBe(500)
  expect(removed).toHaveLength(1)
})

test.each(['..%2f..%2fetc%2fpasswd', 'x', '0'.repeat(36)])('%s is no file', async (id) => {
  const { app } = await serverOf()
  expect((await download(app, id, 'ann')).statusCode).toBe(404)
})

test('a body without a file is refused', async () => {
  const { app } = await serverOf()
  const headers = { authorization: 'Bearer ann' }
  const answer = await app.inject({ method: 'POST', url: '/rooms/garden/files', headers, payload: { file: 'x' } })
  expect(answer.statusCode).toBe(400)
})

test('a full disk refuses the file with a time to come back, and keeps nothing of it', async () => {
  const store = await FileStore.open()
  const torn = Readable.from(
    (function* () {
      yield Buffer.from('the first half')
      throw Object.assign(new Error('write'), { code: 'ENOSPC' })
    })(),
  )
  await expect(store.save(torn, () => false)).rejects.toMatchObject({ code: 'overloaded', retryAfterSec: 1 })
  expect(store.bytes).toBe(0)
  await store.close()
})

test('no more is kept than the limit of all files, and a temporary folder goes with the store', async () => {
  const store = await FileStore.open({ mostBytes: 10 })
  const saved = await store.save(Readable.from([Buffer.from('0123456789')]), () => false)
  const stream = store.read(saved?.id ?? '')
  expect((await buffer(stream)).toString()).toBe('0123456789')
  await expect(store.save(Readable.from([Buffer.from('x')]), () => false)).rejects.toMatchObject({ code: 'overloaded' })
  await store.close()
  expect(existsSync(stream.path)).toBe(false)
})

test.each([
  ['holiday.jpg', 'holiday.jpg'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Users\\ann\\cv.pdf', 'cv.pdf'],
  ['.bashrc', 'bashrc'],
  ['a\r\nset-cookie: x.txt', 'aset-cookie x.txt'],
  ['cod\u202Eexe.doc', 'codexe.doc'],
  ['grüße 😀.txt', 'grüße 😀.txt'],
  ['..', 'file'],
  [undefined, 'file'],
  [`${'x'.repeat(300)}.png`, `${'x'.repeat(96)}.png`],
])('the name %s is kept as %s', (given, name) => {
  expect(cleanFileName(given)).toBe(name)
})
