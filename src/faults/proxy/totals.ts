import type { LinkCounts } from '../../model/link-fault.ts'
import type { LinkWindow } from '../../model/sample.ts'
import type { CallCounts } from './protocol.ts'

/** What a link has counted, in all and since the last window. */
export class Totals implements CallCounts {
  connections = 0
  open = 0
  broken = 0
  calls = 0
  answers = 0
  failures = 0
  bytesUp = 0
  bytesDown = 0
  #opaque = 0
  #told: Omit<LinkWindow, 'kind' | 'link'> = this.#now()

  called(): void {
    this.calls++
  }

  answered(): void {
    this.answers++
  }

  failed(): void {
    this.failures++
  }

  refused(): void {
    this.broken++
  }

  opaque(): void {
    this.#opaque++
  }

  counts(crossed: LinkCounts['crossed']): LinkCounts {
    return { ...this.#now(), crossed, ...(this.#opaque === 0 ? {} : { opaque: this.#opaque }) }
  }

  /** What has come since it was last asked; undefined: nothing has. */
  window(link: string): LinkWindow | undefined {
    const now = this.#now()
    const told = this.#told
    if (
      now.calls === told.calls &&
      now.answered === told.answered &&
      now.failed === told.failed &&
      now.connections === told.connections &&
      now.broken === told.broken &&
      now.open === told.open &&
      now.bytesUp === told.bytesUp &&
      now.bytesDown === told.bytesDown
    )
      return undefined
    this.#told = now
    return {
      kind: 'link',
      link,
      calls: now.calls - told.calls,
      answered: now.answered - told.answered,
      failed: now.failed - told.failed,
      connections: now.connections - told.connections,
      broken: now.broken - told.broken,
      open: now.open,
      bytesUp: now.bytesUp - told.bytesUp,
      bytesDown: now.bytesDown - told.bytesDown,
    }
  }

  #now(): Omit<LinkWindow, 'kind' | 'link'> {
    const { connections, open, broken, calls, answers, failures, bytesUp, bytesDown } = this
    return { connections, open, broken, calls, answered: answers, failed: failures, bytesUp, bytesDown }
  }
}
