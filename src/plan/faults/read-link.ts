import type { TransportAction } from '../../model/link-fault.ts'
import type { FaultReader } from './reader.ts'
import { needed, readAfter, readBytesPerSec, readDirection, readMs, readPart } from './reader.ts'

/** Faults that have no figures. */
const plain = (kind: 'down' | 'refuse' | 'accept-then-close' | 'hang' | 'syn-blackhole' | 'cut' | 'half-close'): FaultReader => ({
  keys: [],
  on: 'link',
  read: (_, { on }) => ({ kind, on }),
})

const link = (keys: readonly string[], read: (...given: Parameters<FaultReader['read']>) => TransportAction | undefined) =>
  ({ keys, on: 'link', read }) satisfies FaultReader

export const linkReaders: Readonly<Record<string, FaultReader>> = {
  down: plain('down'),
  refuse: plain('refuse'),
  reset: link(['after'], (fields, { on }) => ({ kind: 'reset', on, ...readAfter(fields) })),
  acceptThenClose: plain('accept-then-close'),
  hang: plain('hang'),
  synBlackhole: plain('syn-blackhole'),
  blackhole: link(['direction'], (fields, { on }) => ({
    kind: 'blackhole',
    on,
    direction: fields.oneOf('direction', ['up', 'down']) ?? 'down',
  })),
  cut: plain('cut'),
  latency: link(['delay', 'jitter', 'distribution', 'direction', 'firstByte'], (fields, { on }) => ({
    kind: 'latency',
    on,
    delayMs: readMs(fields, 'delay', 200, 'zero'),
    jitterMs: readMs(fields, 'jitter', 0, 'zero'),
    distribution: fields.oneOf('distribution', ['uniform', 'normal', 'lognormal', 'pareto']) ?? 'normal',
    direction: readDirection(fields, 'down'),
    firstByte: fields.boolean('firstByte') ?? false,
  })),
  bandwidth: link(['perSec', 'direction', 'shared'], (fields, { on }) => ({
    kind: 'bandwidth',
    on,
    bytesPerSec: readBytesPerSec(fields, 'perSec', 100_000),
    direction: readDirection(fields, 'both'),
    shared: fields.boolean('shared') ?? false,
  })),
  slice: link(['bytes', 'delay', 'direction'], (fields, { on }) => ({
    kind: 'slice',
    on,
    bytes: Math.max(1, Math.round(fields.bytes('bytes') ?? 100)),
    delayMs: readMs(fields, 'delay', 10, 'zero'),
    direction: readDirection(fields, 'down'),
  })),
  limitBytes: link(['bytes'], (fields, { on }) => {
    const bytes = needed(fields, 'bytes', fields.bytes('bytes'), "how many bytes go through, such as '10kB'")
    return bytes === undefined ? undefined : { kind: 'limit-bytes', on, bytes }
  }),
  corrupt: link(['share', 'direction'], (fields, { on }) => ({
    kind: 'corrupt',
    on,
    share: readPart(fields, 'share', 0.001),
    direction: readDirection(fields, 'down'),
  })),
  halfClose: plain('half-close'),
  slowClose: link(['delay'], (fields, { on }) => ({ kind: 'slow-close', on, delayMs: readMs(fields, 'delay', 5000) })),
  flap: link(['up', 'down'], (fields, { on }) => ({
    kind: 'flap',
    on,
    upMs: readMs(fields, 'up', 1000),
    downMs: readMs(fields, 'down', 1000),
  })),
  connectionLimit: link(['connections'], (fields, { on }) => {
    const connections = needed(
      fields,
      'connections',
      fields.count('connections', 0),
      'how many connections may be open, such as 10',
    )
    return connections === undefined ? undefined : { kind: 'connection-limit', on, connections }
  }),
}
