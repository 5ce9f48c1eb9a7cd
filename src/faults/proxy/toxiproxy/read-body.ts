import { ApiError } from './api-error.ts'
import type { ApiToxic } from './api-proxy.ts'
import { toxicKinds } from './toxic-kinds.ts'

/** What a client sent; nothing is believed of it. */
export type Fields = Readonly<Record<string, unknown>>

export function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ApiError(400, 'bad request body: expected an object')
  return value as Fields // an object has fields, of which nothing is known
}

export function textOf(fields: Fields, name: string): string | undefined {
  const value = fields[name]
  if (value === undefined || typeof value === 'string') return value
  throw new ApiError(400, `bad request body: expected ${name} to be a text`)
}

export function requiredText(fields: Fields, name: string): string {
  const value = textOf(fields, name)
  if (value === undefined || value === '') throw new ApiError(400, `missing required field: ${name}`)
  return value
}

export function flagOf(fields: Fields, name: string): boolean | undefined {
  const value = fields[name]
  if (value === undefined || typeof value === 'boolean') return value
  throw new ApiError(400, `bad request body: expected ${name} to be true or false`)
}

function numberOf(fields: Fields, name: string): number | undefined {
  const value = fields[name]
  if (value === undefined) return undefined
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value
  throw new ApiError(400, `bad request body: expected ${name} to be a number, 0 or more`)
}

/** A toxic, with Toxiproxy's defaults; `before`: of the toxic that is changed, what is not said again. */
export function readToxic(fields: Fields, before?: ApiToxic): ApiToxic {
  const type = before?.type ?? requiredText(fields, 'type')
  const kind = Object.hasOwn(toxicKinds, type) ? toxicKinds[type] : undefined
  if (kind === undefined) throw new ApiError(400, 'invalid toxic type')
  const stream = before?.stream ?? (textOf(fields, 'stream') || 'downstream')
  if (stream !== 'upstream' && stream !== 'downstream')
    throw new ApiError(400, 'stream was invalid, can be either upstream or downstream')
  const toxicity = numberOf(fields, 'toxicity') ?? before?.toxicity ?? 1
  const given = fieldsOf(fields['attributes'] ?? {})
  const base = before?.attributes ?? kind.defaults
  const attributes = Object.fromEntries(
    Object.keys(kind.defaults).map((name) => [name, numberOf(given, name) ?? base[name] ?? 0]),
  )
  if (type === 'bandwidth' && attributes['rate'] === 0) throw new ApiError(400, 'expected rate to be above 0')
  if (type === 'slicer' && attributes['average_size'] === 0) throw new ApiError(400, 'expected average_size to be above 0')
  return { name: before?.name ?? (textOf(fields, 'name') || `${type}_${stream}`), type, stream, toxicity, attributes }
}
