import { randomUUID } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { basename } from 'node:path'
import { ToolError } from '../../base/errors.ts'
import type { MultipartFile, RequestOptions } from '../../model/http-context.ts'

/** A body ready to be sent. */
export type OutgoingBody =
  /** ASCII: written together with the head. */
  | { readonly kind: 'text'; readonly text: string; readonly type: string | undefined }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly type: string | undefined }
  /** `length` undefined: chunked. `again`: can be opened more than once. */
  | {
      readonly kind: 'stream'
      readonly open: () => AsyncIterable<Uint8Array>
      readonly length: number | undefined
      readonly type: string | undefined
      readonly again: boolean
    }

const bodyKeys = ['json', 'form', 'multipart', 'body', 'file'] as const

/** Throws ToolError when more than one kind of body is given or a file cannot be read. */
export function outgoingBody(options: RequestOptions): OutgoingBody | undefined {
  const given = bodyKeys.filter((key) => options[key] !== undefined)
  if (given.length === 0) return undefined
  if (given.length > 1)
    throw new ToolError(
      'PLAN_INVALID',
      `Expected at most one of json, form, multipart, body and file, got ${given.join(' and ')}.`,
    )
  if (options.json !== undefined) return textBody(jsonText(options.json), 'application/json')
  if (options.form !== undefined) return textBody(encodePairs(options.form), 'application/x-www-form-urlencoded')
  if (options.multipart !== undefined) return multipartBody(options.multipart)
  if (options.file !== undefined) {
    const path = options.file
    return {
      kind: 'stream',
      open: () => createReadStream(path),
      length: sizeOf(path),
      type: 'application/octet-stream',
      again: true,
    }
  }
  const body = options.body
  if (typeof body === 'string') return textBody(body, 'text/plain; charset=utf-8')
  if (body instanceof Uint8Array) return { kind: 'bytes', bytes: body, type: 'application/octet-stream' }
  if (typeof body === 'object' && Symbol.asyncIterator in body) {
    return { kind: 'stream', open: () => body, length: undefined, type: 'application/octet-stream', again: false }
  }
  throw new ToolError('PLAN_INVALID', 'Expected `body` to be a string, bytes (Uint8Array) or an async iterable of bytes.')
}

/** `a=1&b=2`, encoded. */
export function encodePairs(pairs: Readonly<Record<string, string | number | boolean>>): string {
  return new URLSearchParams(Object.entries(pairs).map(([name, value]): [string, string] => [name, String(value)])).toString()
}

function jsonText(value: unknown): string {
  // The declared type forgets that functions and symbols give undefined.
  const text = JSON.stringify(value) as string | undefined
  if (text === undefined)
    throw new ToolError('PLAN_INVALID', `Expected \`json\` to be a value that JSON can hold, got a ${typeof value}.`)
  return text
}

function textBody(text: string, type: string): OutgoingBody {
  const ascii = Buffer.byteLength(text) === text.length
  return ascii ? { kind: 'text', text, type } : { kind: 'bytes', bytes: Buffer.from(text), type }
}

function sizeOf(path: string): number {
  try {
    const stat = statSync(path)
    if (stat.isFile()) return stat.size
  } catch (cause) {
    throw new ToolError('PLAN_INVALID', `The file ${path} that was to be sent cannot be read.`, { cause })
  }
  throw new ToolError('PLAN_INVALID', `Expected ${path} to be a file that can be sent.`)
}

type Segment = Uint8Array | { readonly path: string; readonly size: number }

/** multipart/form-data, RFC 7578. Only when a part is a file on disk is the body streamed. */
function multipartBody(parts: Readonly<Record<string, string | MultipartFile>>): OutgoingBody {
  const boundary = `proofload-${randomUUID()}`
  const segments: Segment[] = []
  for (const [name, part] of Object.entries(parts)) segments.push(...multipartSegments(boundary, name, part))
  segments.push(Buffer.from(`--${boundary}--\r\n`))
  const type = `multipart/form-data; boundary=${boundary}`
  if (segments.every((segment) => segment instanceof Uint8Array)) return { kind: 'bytes', bytes: Buffer.concat(segments), type }
  const length = segments.reduce((sum, segment) => sum + (segment instanceof Uint8Array ? segment.length : segment.size), 0)
  return { kind: 'stream', open: () => readSegments(segments), length, type, again: true }
}

function multipartSegments(boundary: string, name: string, part: string | MultipartFile): Segment[] {
  const lead = `--${boundary}\r\ncontent-disposition: form-data; name="${quoted(name)}"`
  if (typeof part === 'string') return [Buffer.from(`${lead}\r\n\r\n${part}\r\n`)]
  if ((part.file === undefined) === (part.content === undefined)) {
    throw new ToolError('PLAN_INVALID', `Expected the part "${name}" of \`multipart\` to have either \`file\` or \`content\`.`)
  }
  const filename = part.filename ?? (part.file === undefined ? undefined : basename(part.file))
  const naming = filename === undefined ? '' : `; filename="${quoted(filename)}"`
  const type = part.type ?? (filename === undefined ? undefined : 'application/octet-stream')
  if (type !== undefined && !/^[\x20-\x7e]*$/.test(type))
    throw new ToolError('PLAN_INVALID', `Expected the type of the part "${name}" to be a media type.`)
  const head = Buffer.from(`${lead}${naming}${type === undefined ? '' : `\r\ncontent-type: ${type}`}\r\n\r\n`)
  if (part.file !== undefined) return [head, { path: part.file, size: sizeOf(part.file) }, Buffer.from('\r\n')]
  return [head, Buffer.from(part.content ?? ''), Buffer.from('\r\n')]
}

/** As browsers do (HTML standard, multipart/form-data encoding algorithm). */
function quoted(text: string): string {
  return text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

async function* readSegments(segments: readonly Segment[]): AsyncIterable<Uint8Array> {
  for (const segment of segments) {
    if (segment instanceof Uint8Array) yield segment
    else for await (const piece of createReadStream(segment.path)) yield piece as Uint8Array // a stream without encoding gives Buffers
  }
}
