import type { IncomingHttpHeaders } from 'node:http'

export interface Visit {
  readonly atMs: number
  readonly method: string
  readonly path: string
  readonly status: number
  readonly ms: number
  /** For support: which client it was, and what it asked for. */
  readonly headers: IncomingHttpHeaders
}

export interface VisitFigures {
  readonly kept: number
  readonly failed: number
  readonly slowestMs: number
  readonly slowestPath: string
}

/** The last visits, for whoever looks after the shop. */
export class Visits {
  readonly #most: number
  readonly #visits: Visit[] = []
  #oldest = 0

  constructor(most: number) {
    this.#most = most
  }

  add(visit: Visit): void {
    if (this.#visits.length < this.#most) {
      this.#visits.push(visit)
      return
    }
    this.#visits[this.#oldest] = visit
    this.#oldest = (this.#oldest + 1) % this.#most
  }

  get figures(): VisitFigures {
    let slowest: Visit | undefined
    let failed = 0
    for (const visit of this.#visits) {
      if (visit.status >= 500) failed += 1
      if (slowest === undefined || visit.ms > slowest.ms) slowest = visit
    }
    return {
      kept: this.#visits.length,
      failed,
      slowestMs: Math.round(slowest?.ms ?? 0),
      slowestPath: slowest === undefined ? '' : `${slowest.method} ${slowest.path}`,
    }
  }
}
