import { existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { storageError } from './file-routes.ts'
import { FileStore } from './file-store.ts'

const kept = { name: 'a.txt', type: 'text/plain', isRefused: () => false }

test('what was saved can be read until the store closes', async () => {
  const store = await FileStore.open()
  const file = await store.save(Readable.from(['hello ', 'world']), kept)
  expect(file).toMatchObject({ name: 'a.txt', bytes: 11 })
  const stream = store.read(file!)
  expect(await text(stream)).toBe('hello world')
  await store.close()
  expect(existsSync(stream.path)).toBe(false)
})

test('a refused or broken upload leaves nothing behind', async () => {
  const store = await FileStore.open()
  expect(await store.save(Readable.from(['x']), { ...kept, isRefused: () => true })).toBeUndefined()
  const broken = new Readable({
    read() {
      this.destroy(new Error('gone'))
    },
  })
  await expect(store.save(broken, kept)).rejects.toThrow('gone')
  expect(store.figures).toEqual({ count: 0, bytes: 0 })
  await store.close()
})

test('the oldest files make room for new ones', async () => {
  const store = await FileStore.open({ maxBytes: 10 })
  const first = await store.save(Readable.from(['123456']), kept)
  const second = await store.save(Readable.from(['123456']), kept)
  expect(store.find(first!.id)).toBeUndefined()
  expect(store.find(second!.id)).toBeDefined()
  expect(store.figures).toEqual({ count: 1, bytes: 6 })
  await store.close()
})

test('a disk without room refuses the file with 507 and keeps nothing of it', async () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  const store = await FileStore.open()
  const torn = Readable.from(
    (function* () {
      yield 'the first half'
      throw full
    })(),
  )
  const error = await store.save(torn, kept).catch(storageError)
  expect(error).toMatchObject({ statusCode: 507, code: 'storage_full' })
  expect(store.figures).toEqual({ count: 0, bytes: 0 })
  await store.close()
})
