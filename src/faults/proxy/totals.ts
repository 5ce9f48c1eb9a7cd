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
  #busy = 0
  #busySec = 0
  #busySinceMs = performance.now()
  #tooMany = 0
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

  occupied(): void {
    this.#passTime()
    this.#busy++
  }

  freed(): void {
    this.#passTime()
    this.#busy--
  }

  tooMany(): void {
    this.#tooMany++
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
      now.bytesDown === told.bytesDown &&
      now.busySec === told.busySec &&
      now.tooMany === told.tooMany
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
      ...use({
        busy: this.#busy,
        busySec: (now.busySec ?? 0) - (told.busySec ?? 0),
        tooMany: (now.tooMany ?? 0) - (told.tooMany ?? 0),
      }),
    }
  }

  /** Up to now so many connections have been in use. */
  #passTime(): void {
    const nowMs = performance.now()
    this.#busySec += (this.#busy * (nowMs - this.#busySinceMs)) / 1000
    this.#busySinceMs = nowMs
  }

  #now(): Omit<LinkWindow, 'kind' | 'link'> {
    const { connections, open, broken, calls, answers, failures, bytesUp, bytesDown } = this
    if (this.#busy > 0) this.#passTime()
    const ofUse = use({ busy: this.#busy, busySec: this.#busySec, tooMany: this.#tooMany })
    return { connections, open, broken, calls, answered: answers, failed: failures, bytesUp, bytesDown, ...ofUse }
  }
}

/** What is nought is left out: most links know nothing of it. */
function use({ busy, busySec, tooMany }: Required<Pick<LinkCounts, 'busy' | 'busySec' | 'tooMany'>>) {
  return {
    ...(busy > 0 ? { busy } : {}),
    ...(busySec > 0 ? { busySec: Math.round(busySec * 1e6) / 1e6 } : {}),
    ...(tooMany > 0 ? { tooMany } : {}),
  }
}
