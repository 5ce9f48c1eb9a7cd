import { ToolError } from '../base/errors.ts'
import type { FeedSpec } from '../model/plan-spec.ts'

/** The rows of one feed as this worker may give them out. */
export interface Rows {
  checkout(): { readonly index: number; readonly row: unknown }
  giveBack(index: number): void
  next(): unknown
}

/** A row of a unique feed while one user has it. */
export interface HeldRow {
  readonly feed: number
  readonly index: number
  readonly row: unknown
}

/** The data feeds of a worker, each opened when a user first asks for a row of it. */
export class Feeds {
  readonly #specs: readonly FeedSpec[]
  readonly #open: (spec: FeedSpec) => Rows
  readonly #feeds = new Map<number, { readonly unique: boolean; readonly rows: Rows }>()

  constructor(specs: readonly FeedSpec[], open: (spec: FeedSpec) => Rows) {
    this.#specs = specs
    this.#open = open
  }

  isUnique(feed: number): boolean {
    return this.#feed(feed).unique
  }

  next(feed: number): unknown {
    return this.#feed(feed).rows.next()
  }

  take(feed: number): HeldRow {
    return { feed, ...this.#feed(feed).rows.checkout() }
  }

  giveBack({ feed, index }: HeldRow): void {
    this.#feed(feed).rows.giveBack(index)
  }

  #feed(id: number): { readonly unique: boolean; readonly rows: Rows } {
    const known = this.#feeds.get(id)
    if (known) return known
    const spec = this.#specs.find((feed) => feed.id === id)
    if (!spec)
      throw new ToolError(
        'PLAN_INVALID',
        `Expected vu.row(…) to be given a feed that the plan declares with csv(…) or json(…), got ${String(id)}`,
      )
    const opened = { unique: spec.pick === 'unique', rows: this.#open(spec) }
    this.#feeds.set(id, opened)
    return opened
  }
}
