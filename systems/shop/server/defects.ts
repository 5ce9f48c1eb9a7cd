import type { PaymentProtection } from './payment-policy.ts'

/** What the planted defects can change. The correct shop is {@link soundBehaviour}; a defect is a few of these set wrongly. */
export interface Behaviour {
  /** Most database connections the shop opens. */
  readonly poolMax: number
  readonly isCacheOn: boolean
  /** Indexes that are left out of the schema. */
  readonly missingIndexes: readonly string[]
  readonly blocksEventLoop: boolean
  /** Visits that are kept for the live figures. */
  readonly keptVisits: number
  /** Limits of time on the database and on the wait for a connection. */
  readonly hasDatabaseTimeouts: boolean
  readonly payments: PaymentProtection
  /** Orders are answered first and written later. */
  readonly writesBehind: boolean
  /** A connection whose work failed is not given back. */
  readonly losesConnections: boolean
  /** The row of a product is locked before its stock is read. */
  readonly locksStock: boolean
}

export const soundBehaviour: Behaviour = {
  poolMax: 20,
  isCacheOn: true,
  missingIndexes: [],
  blocksEventLoop: false,
  keptVisits: 1_000,
  hasDatabaseTimeouts: true,
  payments: { timeoutMs: 800, retries: 1, isBackingOff: true, hasBreaker: true, openMs: 2_000, mostAtOnce: 12 },
  writesBehind: false,
  losesConnections: false,
  locksStock: true,
}

const { payments } = soundBehaviour

interface Defect {
  readonly summary: string
  readonly change: Partial<Behaviour>
}

/** Every planted defect: one entry here, and the one place in the code that reads the behaviour it changes. */
export const defects = {
  'slow-query': { summary: 'the index on reviews(product_id) is missing', change: { missingIndexes: ['reviews_by_product'] } },
  'no-cache': { summary: 'lists and product pages are read from the database every time', change: { isCacheOn: false } },
  blocking: { summary: 'a sales report is computed on the event loop now and then', change: { blocksEventLoop: true } },
  'small-pool': { summary: 'only two database connections, so requests wait for one', change: { poolMax: 2 } },
  leak: { summary: 'every visit stays in memory, where the last thousand would do', change: { keptVisits: Infinity } },
  'no-timeout': {
    summary: 'payments and the database are waited for as long as it takes',
    change: { hasDatabaseTimeouts: false, payments: { ...payments, timeoutMs: Infinity } },
  },
  'no-breaker': {
    summary: 'a payment service that is down is asked for every order',
    change: { payments: { ...payments, hasBreaker: false } },
  },
  'retry-storm': {
    summary: 'a failed payment is tried again at once, until it works',
    change: { payments: { ...payments, retries: Infinity, isBackingOff: false, hasBreaker: false, mostAtOnce: Infinity } },
  },
  'lost-on-restart': {
    summary: 'an order is acknowledged first and written up to a second later',
    change: { writesBehind: true },
  },
  'pool-leak': { summary: 'a connection whose order failed is not given back', change: { losesConnections: true } },
  'lost-update': { summary: 'stock is read, then written, without a lock', change: { locksStock: false } },
} as const satisfies Record<string, Defect>

export type DefectName = keyof typeof defects

export const isDefectName = (name: string): name is DefectName => Object.hasOwn(defects, name)

export function behaviourWith(names: readonly DefectName[]): Behaviour {
  return names.reduce<Behaviour>((behaviour, name) => ({ ...behaviour, ...defects[name].change }), soundBehaviour)
}
