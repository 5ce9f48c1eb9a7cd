import type { Random } from '../../base/random.ts'
import { seededRandom } from '../../base/random.ts'
import type { FaultScope, ToxicAction, ToxicSpec } from '../../model/link-fault.ts'
import type { ProxiedConnection } from './stage.ts'
import type { Toxic } from './toxic.ts'

/** Streams of one seed: what a toxic draws is not moved by what its scope draws. */
const scopeStream = 1

/** How a toxic is to lie on a link. `action`: absent where somebody else has made it. */
export type Laying = Omit<ToxicSpec, 'action'> & { readonly action?: ToxicAction }

/** A toxic that lies on a link, with those who have met it. */
export class LaidToxic {
  readonly spec: Laying
  readonly toxic: Toxic
  readonly random: Random
  readonly endsAtMs: number
  crossed = 0
  /** Ends what it has begun by itself. */
  end: () => void = () => undefined
  readonly #draw: () => boolean
  readonly #drawn = new WeakMap<ProxiedConnection, boolean>()

  constructor(spec: Laying, make: (random: Random) => Toxic) {
    this.spec = spec
    this.random = seededRandom(spec.seed)
    this.toxic = make(this.random)
    this.endsAtMs = performance.now() + spec.lifeMs
    this.#draw = createDraw(spec.scope, seededRandom(spec.seed, scopeStream))
  }

  meets(): boolean {
    const isMet = this.#draw()
    if (isMet) this.crossed++
    return isMet
  }

  /** Drawn once a connection: both of its directions meet it, or neither. */
  meetsConnection(connection: ProxiedConnection): boolean {
    let isMet = this.#drawn.get(connection)
    if (isMet === undefined) {
      isMet = connection.isProbe || this.meets()
      this.#drawn.set(connection, isMet)
    }
    return isMet
  }

  /** It chooses some of those that cross. */
  get isSelective(): boolean {
    const { share, first, every } = this.spec.scope ?? {}
    return share !== undefined || first !== undefined || every !== undefined
  }
}

function createDraw({ share, first, every }: FaultScope = {}, random: Random): () => boolean {
  let seen = 0
  if (share !== undefined) return () => random.next() < share
  if (first !== undefined) return () => seen++ < first
  if (every !== undefined) return () => ++seen % every === 0
  return () => true
}
