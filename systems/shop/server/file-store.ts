import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, type ReadStream } from 'node:fs'
import { mkdtemp, rm, stat, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export interface StoredFile {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly bytes: number
}

/** Uploaded files in a folder of their own, which goes when the shop stops. The oldest make room for new ones. */
export class FileStore {
  readonly #folder: string
  readonly #maxBytes: number
  readonly #files = new Map<string, StoredFile>()
  #bytes = 0

  constructor(folder: string, maxBytes: number) {
    this.#folder = folder
    this.#maxBytes = maxBytes
  }

  static async open({ maxBytes = 64 * 1024 * 1024 }: { readonly maxBytes?: number } = {}): Promise<FileStore> {
    return new FileStore(await mkdtemp(path.join(tmpdir(), 'shop-files-')), maxBytes)
  }

  get figures(): { readonly count: number; readonly bytes: number } {
    return { count: this.#files.size, bytes: this.#bytes }
  }

  /** Writes the stream to disk. When `isRefused` says so at its end (it was cut off), the file is not kept. */
  async save(
    source: Readable,
    about: { readonly name: string; readonly type: string; readonly isRefused: () => boolean },
  ): Promise<StoredFile | undefined> {
    const id = randomUUID()
    try {
      await pipeline(source, createWriteStream(this.#pathOf(id), { flags: 'wx' }))
    } catch (error) {
      await rm(this.#pathOf(id), { force: true })
      throw error
    }
    if (about.isRefused()) {
      await rm(this.#pathOf(id), { force: true })
      return undefined
    }
    const file: StoredFile = { id, name: about.name, type: about.type, bytes: (await stat(this.#pathOf(id))).size }
    this.#files.set(id, file)
    this.#bytes += file.bytes
    await this.#makeRoom()
    return file
  }

  find(id: string): StoredFile | undefined {
    return this.#files.get(id)
  }

  read(file: StoredFile): ReadStream {
    return createReadStream(this.#pathOf(file.id))
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** A download that runs keeps its file until it ends: the name goes, the open descriptor stays. */
  async #makeRoom(): Promise<void> {
    for (const oldest of this.#files.values()) {
      if (this.#bytes <= this.#maxBytes) return
      this.#files.delete(oldest.id)
      this.#bytes -= oldest.bytes
      await unlink(this.#pathOf(oldest.id))
    }
  }

  #pathOf(id: string): string {
    return path.join(this.#folder, id)
  }
}
