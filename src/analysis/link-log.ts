import type { LinkWindow } from '../model/sample.ts'
import { firstAtOrAfter } from './first-at.ts'

/** A tenth of a second of a link. */
export type LinkPoint = Omit<LinkWindow, 'kind' | 'link'> & { readonly t: number }

/** What crossed the links of our proxy, in order of time. */
export class LinkLog {
  readonly #points = new Map<string, LinkPoint[]>()

  get names(): string[] {
    return [...this.#points.keys()]
  }

  add(window: LinkWindow & { readonly t: number }): void {
    const { link, ...point } = window
    const points = this.#points.get(link)
    if (points === undefined) this.#points.set(link, [point])
    else if ((points.at(-1)?.t ?? 0) <= point.t) points.push(point)
    else points.splice(firstAtOrAfter(points, point.t), 0, point)
  }

  /** from <= t < to. */
  points(name: string, from = -Infinity, to = Infinity): readonly LinkPoint[] {
    const points = this.#points.get(name) ?? []
    return points.slice(firstAtOrAfter(points, from), firstAtOrAfter(points, to))
  }
}
