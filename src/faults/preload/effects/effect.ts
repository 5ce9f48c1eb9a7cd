/** A fault at work inside the target's process. Its timers never keep the process alive. */
export interface Effect {
  readonly look: () => Promise<{ readonly active: boolean; readonly evidence: string }>
  readonly end: () => void
}

export interface Measured {
  readonly active: boolean
  readonly evidence: string
}

export function told(measured: Measured): Promise<Measured> {
  return Promise.resolve(measured)
}
