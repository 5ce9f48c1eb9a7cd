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
}

export const soundBehaviour: Behaviour = {
  poolMax: 20,
  isCacheOn: true,
  missingIndexes: [],
  blocksEventLoop: false,
  keptVisits: 1_000,
}

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
} as const satisfies Record<string, Defect>

export type DefectName = keyof typeof defects

export const isDefectName = (name: string): name is DefectName => Object.hasOwn(defects, name)

export function behaviourWith(names: readonly DefectName[]): Behaviour {
  return names.reduce<Behaviour>((behaviour, name) => ({ ...behaviour, ...defects[name].change }), soundBehaviour)
}
