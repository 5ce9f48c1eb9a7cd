import type { AttackAction, HoldAction } from '../../model/attack-spec.ts'
import type { Fields } from '../fields.ts'
import type { AttackReader } from './reader.ts'
import { http, messages, webSocket } from './reader.ts'

const refusals = ['429', '503', 'closed']
const held = { path: '/', perSec: 100, connections: 200, blocked: refusals }
const tries = { path: '/', perSec: 50, connections: 0, blocked: ['403', '429'] }
const flood = { path: '/', perSec: 200, connections: 20, blocked: ['403', '429', '1008', '1013'] }

interface HoldDefaults {
  readonly everyMs?: number
  readonly bytes?: number
  readonly schemes?: readonly string[]
}

const hold = (kind: HoldAction['kind'], { everyMs, bytes, schemes = http }: HoldDefaults = {}): AttackReader => ({
  keys: [...(everyMs === undefined ? [] : ['every']), ...(bytes === undefined ? [] : ['bytes'])],
  schemes,
  defaults: held,
  read: (fields, { path }) => ({
    ...{ kind, path, everyMs: fields.durationMs('every') ?? everyMs ?? 0, bytes: fields.bytes('bytes') ?? bytes ?? 0 },
  }),
})

const messageReader = (
  kind: 'messageFlood' | 'joinFlood' | 'pingFlood',
  otherwise: readonly string[] | undefined,
): AttackReader => ({
  keys: ['opening', 'messages'],
  schemes: kind === 'pingFlood' ? webSocket : messages,
  defaults: flood,
  read: (fields, { path, protocol }) => {
    const texts = fields.strings('messages') ?? otherwise
    if (texts === undefined || texts.length === 0) {
      if (!fields.has('messages') || texts !== undefined) fields.wrong('messages', 'at least one message to send')
      return undefined
    }
    return { kind, path, protocol, opening: fields.strings('opening') ?? [], messages: texts }
  },
})

const plain = (
  schemes: readonly string[],
  read: (place: { readonly path: string; readonly protocol: 'ws' | 'tcp' }) => AttackAction,
): AttackReader => ({ keys: [], schemes, defaults: tries, read: (_: Fields, place) => read(place) })

export const floodReaders: Readonly<Record<string, AttackReader>> = {
  connectionFlood: hold('connectionFlood', { schemes: messages }),
  idleHoarding: hold('idleHoarding'),
  slowHeaders: hold('slowHeaders', { everyMs: 1000 }),
  slowBody: hold('slowBody', { everyMs: 1000, bytes: 1_000_000 }),
  slowRead: hold('slowRead', { everyMs: 1000 }),
  endlessBody: hold('endlessBody', { everyMs: 100, bytes: 1024 }),
  headerFlood: {
    ...{ keys: ['headers'], schemes: http, defaults: { ...tries, blocked: ['403', '429'] } },
    read: (fields, { path }) => ({ kind: 'headerFlood', path, amount: fields.count('headers', 1) ?? 1000 }),
  },
  hugeBody: {
    ...{ keys: ['bytes'], schemes: http, defaults: { ...tries, perSec: 5 } },
    read: (fields, { path }) => ({ kind: 'hugeBody', path, amount: fields.bytes('bytes') ?? 5_000_000 }),
  },
  malformedHttp: plain(http, ({ path }) => ({ kind: 'malformedHttp', path })),
  malformedFrames: plain(webSocket, ({ path }) => ({ kind: 'malformedFrames', path })),
  reconnectStorm: plain(messages, ({ path, protocol }) => ({ kind: 'reconnectStorm', path, protocol })),
  httpFlood: {
    ...{ keys: ['method', 'cacheBuster', 'bytes'], schemes: http, defaults: { ...flood, blocked: ['403', '429'] } },
    read: (fields, { path }) => ({
      ...{ kind: 'httpFlood', path, method: fields.oneOf('method', ['GET', 'POST']) ?? 'GET' },
      ...{ cacheBuster: fields.boolean('cacheBuster') ?? false, bytes: fields.bytes('bytes') ?? 1000 },
    }),
  },
  messageFlood: messageReader('messageFlood', undefined),
  joinFlood: messageReader('joinFlood', undefined),
  pingFlood: messageReader('pingFlood', ['proofload']),
}
