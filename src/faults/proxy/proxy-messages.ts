import type { FromThread } from '../../base/thread-calls.ts'
import type { LinkSpec, ToxicSpec } from '../../model/link-fault.ts'
import type { TimedLinkWindow } from './links.ts'

/** What the main thread asks of the proxy's. */
export type Request =
  | { readonly type: 'open'; readonly spec: LinkSpec }
  | { readonly type: 'shut'; readonly link: string }
  | { readonly type: 'add'; readonly link: string; readonly toxic: ToxicSpec }
  | { readonly type: 'remove'; readonly link: string; readonly id: string }
  | { readonly type: 'look'; readonly link: string }
  | { readonly type: 'close' }

export type FromProxy = FromThread<unknown, readonly TimedLinkWindow[]>

export interface ProxyInit {
  /** `process.hrtime.bigint()` at second 0 of the run, as text. */
  readonly runStartNs: string
}
