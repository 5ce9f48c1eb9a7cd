import type { FastifyInstance } from 'fastify'
import { notFound, overloaded, ShopError } from './errors.ts'
import { integer, object, text } from './json-schemas.ts'
import type { Shop } from './shop.ts'

export const maxFileBytes = 1024 * 1024

/** No room, too many open files: the upload is refused and the shop goes on (RFC 4918 11.5: 507). */
export function storageError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG')
    return new ShopError(507, 'storage_full', 'There is no room for this file.', error)
  if (code === 'EMFILE' || code === 'ENFILE') return overloaded('Too many files are open.', error)
  return error
}

export function fileRoutes(app: FastifyInstance, shop: Shop): void {
  const stored = object({ id: text, name: text, type: text, bytes: integer })
  app.post('/files', { onRequest: app.authenticate, schema: { response: { 201: stored } } }, async (request, reply) => {
    const part = await request.file()
    if (!part) throw new ShopError(400, 'no_file', 'Expected one file in a multipart body.')
    const about = { name: part.filename, type: part.mimetype, isRefused: () => part.file.truncated }
    const file = await shop.files.save(part.file, about).catch((error: unknown) => {
      throw storageError(error)
    })
    if (!file) throw new ShopError(413, 'file_too_large', `Files can have up to ${maxFileBytes} bytes.`)
    return reply.code(201).send(file)
  })

  // Whoever has the unguessable id may read the file, as with a shared link.
  const params = object({ id: { type: 'string', pattern: '^[0-9a-f-]{36}$' } })
  app.get<{ Params: { id: string } }>('/files/:id', { schema: { params } }, async (request, reply) => {
    const file = shop.files.find(request.params.id)
    if (!file) throw notFound('file')
    // Always an attachment and never sniffed: an uploaded page must not run in the shop's name.
    void reply.header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`)
    void reply.header('x-content-type-options', 'nosniff')
    return reply.type('application/octet-stream').header('content-length', file.bytes).send(shop.files.read(file))
  })
}
