import type { FaultLink } from '../faults/index.ts'
import type { FaultScope, ToxicAction } from '../model/link-fault.ts'

/** What a driven test did not take away is gone so long after its time. */
const spareSec = 20

/** The toxics of a driven test on its link; it knows which of them are still there. */
export interface LaidToxics {
  /** @param key by which it is lifted */
  lay(key: string, action: ToxicAction, scope?: FaultScope): Promise<void>
  lift(key: string): Promise<void>
  clear(): Promise<void>
}

export interface LaidToxicsOptions {
  /** What their ids begin with. */
  readonly title: string
  readonly seed: number
  /** Of the test. */
  readonly lengthSec: number
}

export function layOn(link: FaultLink, { title, seed, lengthSec }: LaidToxicsOptions): LaidToxics {
  const laid = new Map<string, string>()
  let count = 0
  return {
    async lay(key, action, scope) {
      count++
      const id = `${title} ${String(count)}: ${key}`
      // Known before it is there: what is half laid is taken away as well.
      laid.set(key, id)
      const lifeMs = (lengthSec + spareSec) * 1000
      await link.add({ id, action, ...(scope === undefined ? {} : { scope }), seed: seed + count, lifeMs })
    },
    async lift(key) {
      const id = laid.get(key)
      if (id === undefined) return
      await link.remove(id)
      laid.delete(key)
    },
    async clear() {
      for (const id of laid.values()) await link.remove(id)
      laid.clear()
    },
  }
}
