import type { Session } from './session.ts'

/** The part of a probe that the loop needs (see `probes/`). */
export interface Sampled {
  sample(): Promise<Readonly<Record<string, number>>>
}

/**
 * Asks all probes once a second, on whole seconds of the run clock. The probes limit their own time; a second in which the last round is
 * still under way is left out rather than queued.
 */
export function startProbeLoop(probes: readonly Sampled[], session: Session): () => Promise<void> {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let round: Promise<void> = Promise.resolve()
  let busy = false

  const sample = async (): Promise<void> => {
    busy = true
    const t = session.clock.now()
    try {
      const parts = await Promise.all(probes.map((probe) => probe.sample().catch(() => ({}))))
      const values: Record<string, number> = {}
      for (const part of parts) for (const [name, value] of Object.entries(part)) if (Number.isFinite(value)) values[name] = value
      if (Object.keys(values).length > 0 && !stopped) session.write([{ t: Math.round(t * 1000) / 1000, kind: 'probe', values }])
    } finally {
      busy = false
    }
  }
  const schedule = (): void => {
    if (stopped) return
    const now = session.clock.now()
    timer = setTimeout(
      () => {
        if (!busy) round = sample()
        schedule()
      },
      (Math.floor(now) + 1 - now) * 1000,
    )
  }
  schedule()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await round
  }
}
