import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, type ReadStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ChatError, overloaded } from '../errors.ts'

export interface SavedFile {
  readonly id: string
  readonly bytes: number
  readonly sha256: string
}

export interface FileStoreOptions {
  /** Absent: a folder that goes with the server. */
  readonly folder?: string | undefined
  /** Of all files of this server's life. */
  readonly mostBytes?: number
}

/** The bytes of files, by an id that nobody can guess. Who may read them is not its business. */
export class FileStore {
  readonly #folder: string
  readonly #isTemporary: boolean
  readonly #mostBytes: number
  #bytes = 0

  private constructor(folder: string, isTemporary: boolean, mostBytes: number) {
    this.#folder = folder
    this.#isTemporary = isTemporary
    this.#mostBytes = mostBytes
  }

  static async open({ folder, mostBytes = 1024 ** 3 }: FileStoreOptions = {}): Promise<FileStore> {
    if (folder !== undefined) await mkdir(folder, { recursive: true })
    const place = folder ?? (await mkdtemp(path.join(tmpdir(), 'chat-files-')))
    return new FileStore(place, folder === undefined, mostBytes)
  }

  get bytes(): number {
    return this.#bytes
  }

  /** To the disk and no further than the limit; when `isCutOff` says so at the end, or anything fails, nothing of it stays. */
  async save(source: Readable, isCutOff: () => boolean): Promise<SavedFile | undefined> {
    if (this.#bytes >= this.#mostBytes) throw full()
    const id = randomUUID()
    const hash = createHash('sha256')
    let bytes = 0
    const count = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        bytes += chunk.length
        hash.update(chunk)
        done(null, chunk)
      },
    })
    try {
      await pipeline(source, count, createWriteStream(this.#pathOf(id), { flags: 'wx' }))
    } catch (error) {
      await this.remove(id)
      throw storageError(error)
    }
    if (isCutOff()) {
      await this.remove(id)
      return undefined
    }
    this.#bytes += bytes
    return { id, bytes, sha256: hash.digest('hex') }
  }

  read(id: string): ReadStream {
    return createReadStream(this.#pathOf(id))
  }

  async remove(id: string): Promise<void> {
    await rm(this.#pathOf(id), { force: true })
  }

  async close(): Promise<void> {
    if (this.#isTemporary) await rm(this.#folder, { recursive: true, force: true })
  }

  /** Ids come from `randomUUID` or have its form: no path of anybody else's making gets here. */
  #pathOf(id: string): string {
    if (!/^[0-9a-f-]{36}$/.test(id)) throw new ChatError('not-found', 'There is no such file.')
    return path.join(this.#folder, id)
  }
}

const full = (cause?: unknown): ChatError => overloaded('There is no room for files.', cause)

/** No room or too many open files: the upload is refused and the chat goes on. */
function storageError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') return full(error)
  return code === 'EMFILE' || code === 'ENFILE' ? overloaded('Too many files are open.', error) : error
}
