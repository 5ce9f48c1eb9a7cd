import type { Rate } from './units.ts'

/** A rate limiter of the target, to be tested by an objective such as `'limiter(login) = enforced'`. */
export interface LimiterOptions<Shared = unknown> {
  /** A request that it counts as one, and that does no harm when it is made some thousand times. */
  readonly request: LimiterRequestOptions
  /**
   * By what it tells its clients apart: `'address'` (default; source addresses of loopback are used, one a client), or the value of a header or of a field
   * of the JSON body, with two values at least. `values` may be a function of what `setup` returned.
   */
  readonly key?: 'address' | LimiterKeyOptions<Shared>
  /** What it promises. Without it only what it does is told. */
  readonly expect?: { readonly rate?: Rate; readonly burst?: number }
  /** Statuses that say: too many. Default 429. */
  readonly refused?: number | readonly number[]
  /** Most requests a second that the test may send; default `'500/s'`. */
  readonly upTo?: Rate
}

export interface LimiterRequestOptions {
  /** Default `GET`; `POST` with `json`. */
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
}

export type LimiterKeyOptions<Shared = unknown> = (
  { readonly header: string; readonly json?: never } | { readonly json: string; readonly header?: never }
) & {
  readonly values: readonly string[] | ((context: { readonly shared: Shared }) => readonly string[] | Promise<readonly string[]>)
}
