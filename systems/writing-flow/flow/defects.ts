/** What the planted defects can change. The correct flow is {@link soundBehaviour}; a defect is a few of these set wrongly. */
export interface Behaviour {
  readonly isQueueBounded: boolean
  readonly isBreakerOn: boolean
  /** Retries wait: what the provider asks for and a jittered, growing back-off. */
  readonly isBackingOff: boolean
  /** Replaces the option `retries`. */
  readonly retries?: number
  readonly forgetsFinishedDrafts: boolean
}

export const soundBehaviour: Behaviour = {
  isQueueBounded: true,
  isBreakerOn: true,
  isBackingOff: true,
  forgetsFinishedDrafts: true,
}

interface Defect {
  readonly summary: string
  readonly change: Partial<Behaviour>
}

/** Every planted defect: one entry here, and the one place in the code that reads the behaviour it changes. */
export const defects = {
  'unbounded-queue': { summary: 'every draft is accepted, however many wait already', change: { isQueueBounded: false } },
  'retry-storm': { summary: 'a refused call is repeated at once, twenty times', change: { isBackingOff: false, retries: 20 } },
  leak: { summary: 'finished drafts are kept in a history that nobody reads', change: { forgetsFinishedDrafts: false } },
  'no-breaker': { summary: 'a provider that is down is asked again and again', change: { isBreakerOn: false } },
} as const satisfies Record<string, Defect>

export type DefectName = keyof typeof defects

const isDefectName = (name: string): name is DefectName => Object.hasOwn(defects, name)

/** `names`: a comma-separated list such as `leak` or `leak,no-breaker`; empty for none. Throws on a name that it does not know. */
export function parseDefects(names: string): readonly DefectName[] {
  const given = names.split(',').flatMap((name) => name.trim() || [])
  return given.map((name) => {
    if (isDefectName(name)) return name
    throw new Error(`Expected a defect to be one of ${Object.keys(defects).join(', ')}, got ${JSON.stringify(name)}`)
  })
}

export function behaviourWith(names: readonly DefectName[]): Behaviour {
  return names.reduce<Behaviour>((behaviour, name) => ({ ...behaviour, ...defects[name].change }), soundBehaviour)
}
