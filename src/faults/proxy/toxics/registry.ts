import type { Random } from '../../../base/random.ts'
import type { ToxicSpec, TransportAction } from '../../../model/link-fault.ts'
import type { Toxic, ToxicMaker } from '../toxic.ts'
import { acceptThenClose } from './accept-then-close.ts'
import { bandwidth } from './bandwidth.ts'
import { blackhole } from './blackhole.ts'
import { connectionLimit } from './connection-limit.ts'
import { corrupt } from './corrupt.ts'
import { cut } from './cut.ts'
import { down } from './down.ts'
import { flap } from './flap.ts'
import { halfClose } from './half-close.ts'
import { hang } from './hang.ts'
import { latency } from './latency.ts'
import { limitBytes } from './limit-bytes.ts'
import { refuse } from './refuse.ts'
import { reset } from './reset.ts'
import { slice } from './slice.ts'
import { slowClose } from './slow-close.ts'
import { synBlackhole } from './syn-blackhole.ts'

const toxics: { readonly [K in TransportAction['kind']]: ToxicMaker<K> } = {
  down,
  refuse,
  reset,
  'accept-then-close': acceptThenClose,
  hang,
  'syn-blackhole': synBlackhole,
  blackhole,
  cut,
  latency,
  bandwidth,
  slice,
  'limit-bytes': limitBytes,
  corrupt,
  'half-close': halfClose,
  'slow-close': slowClose,
  flap,
  'connection-limit': connectionLimit,
}

/** @throws when no bytes and no connections are all that it acts on */
export function toxicOf(action: ToxicSpec['action'], random: Random): Toxic {
  if (!isTransport(action.kind)) throw new Error(`the proxy does not understand enough of this link for \`${action.kind}\``)
  const make = toxics[action.kind] as (action: ToxicSpec['action'], random: Random) => Toxic // each is listed under the kind that it takes
  return make(action, random)
}

export function isTransport(kind: string): kind is TransportAction['kind'] {
  return Object.hasOwn(toxics, kind)
}
