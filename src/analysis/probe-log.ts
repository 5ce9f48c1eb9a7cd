import { firstAtOrAfter } from './first-at.ts'

export interface ProbePoint {
  /** Seconds; the log's on the run clock, a test's from the start of its load. */
  readonly t: number
  readonly value: number
}

/** Probe values by name, in order of time. */
export class ProbeLog {
  readonly #series = new Map<string, ProbePoint[]>()

  add(t: number, values: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(values)) {
      const points = this.#series.get(name)
      if (!points) this.#series.set(name, [{ t, value }])
      else if ((points.at(-1)?.t ?? 0) <= t) points.push({ t, value })
      else points.splice(firstAtOrAfter(points, t), 0, { t, value })
    }
  }

  get names(): string[] {
    return [...this.#series.keys()]
  }

  /** Points with from <= t < to. */
  points(name: string, from = -Infinity, to = Infinity): readonly ProbePoint[] {
    const points = this.#series.get(name) ?? []
    return points.slice(firstAtOrAfter(points, from), firstAtOrAfter(points, to))
  }
}
