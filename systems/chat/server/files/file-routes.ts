import fastifyMultipart from '@fastify/multipart'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ChatError } from '../errors.ts'
import type { Access, AuditLog } from '../protection/contract.ts'
import { cleanFileName } from './file-name.ts'
import type { FileRecord, FileRecords } from './file-records.ts'
import type { FileStore } from './file-store.ts'

export interface FileRoutesOptions {
  readonly store: FileStore
  readonly records: FileRecords
  readonly access: Access<FastifyRequest>
  readonly audit: AuditLog
  /** Of one file. */
  readonly mostBytes?: number
  /** A planted defect when false: see `Behaviour.guardsDownloads`. */
  readonly guardsDownloads?: boolean
}

/** Files belong to a room: its members put them there, and only they get them. */
export async function fileRoutes(app: FastifyInstance, options: FileRoutesOptions): Promise<void> {
  const { mostBytes = 1024 * 1024 } = options
  const limits = { fileSize: mostBytes, files: 1, fields: 5, fieldSize: 1_024, headerPairs: 50, parts: 6 }
  await app.register(fastifyMultipart, { limits, throwFileSizeLimit: false })
  app.post<{ Params: { room: string } }>('/rooms/:room/files', { bodyLimit: mostBytes + 16 * 1024 }, async (request, reply) =>
    reply.code(201).send(await upload(request, { ...options, mostBytes })),
  )
  app.get<{ Params: { id: string } }>('/files/:id', (request, reply) => download(request, reply, options))
}

async function upload(
  request: FastifyRequest<{ Params: { room: string } }>,
  { access, store, records, audit, mostBytes }: FileRoutesOptions,
): Promise<Omit<FileRecord, 'owner'>> {
  const user = access.authenticate(request)
  const room = await access.roomOf(user, request.params.room)
  if (room === undefined) throw new ChatError('not-found', 'There is no such room, or you are no member of it.')
  const part = request.isMultipart() ? await request.file() : undefined
  if (part === undefined) throw new ChatError('invalid', 'Expected one file in a multipart body.')
  const saved = await store.save(part.file, () => part.file.truncated)
  if (saved === undefined) throw new ChatError('too-large', `Files can have up to ${mostBytes} bytes.`)
  const name = cleanFileName(part.filename)
  try {
    await records.add({ ...saved, name, roomId: room.id, ownerId: user.id })
  } catch (error) {
    // A file that nobody will ever find must not stay on the disk.
    await store.remove(saved.id)
    throw error
  }
  audit.note({ kind: 'file-stored', user: user.name, address: request.ip, detail: saved.id })
  return { ...saved, room: room.name, name }
}

async function download(
  request: FastifyRequest<{ Params: { id: string } }>,
  reply: FastifyReply,
  { access, store, records, audit, guardsDownloads = true }: FileRoutesOptions,
): Promise<FastifyReply> {
  const user = guardsDownloads ? access.authenticate(request) : undefined
  const { id } = request.params
  const file = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? await records.find(id) : undefined
  const isAllowed = file !== undefined && (user === undefined || (await access.roomOf(user, file.room)) !== undefined)
  // The same answer for what is not there and what is not theirs.
  if (!isAllowed) throw new ChatError('not-found', 'There is no such file.')
  audit.note({ kind: 'file-read', user: user?.name, address: request.ip, detail: id })
  return reply
    .headers({
      // Always an attachment and never sniffed: an uploaded page must not run in the chat's name.
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      'x-content-type-options': 'nosniff',
      'content-length': file.bytes,
      etag: `"${file.sha256}"`,
    })
    .type('application/octet-stream')
    .send(store.read(id))
}
