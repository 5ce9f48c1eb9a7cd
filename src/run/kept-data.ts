import type { TestSpec } from '../model/plan-spec.ts'
import type { RunningService } from '../services/index.ts'
import type { Session } from './session.ts'

/** The data of the services as the plan's `setup` has left it, for tests that begin with it. */
export interface KeptData {
  keep(): Promise<void>
  /** Whether the data is to be put back before this test. */
  isWanted(test: TestSpec): boolean
  restore(test: TestSpec): Promise<void>
  /** Whoever comes next finds what this test leaves. */
  used(): void
}

export function createKeptData(services: Readonly<Record<string, RunningService>>, session: Session): KeptData {
  let isAsKept = false
  const restorable = (): readonly RunningService[] => Object.values(services).filter(({ data }) => data !== undefined)
  return {
    async keep() {
      for (const { data } of restorable()) await data?.keep()
      isAsKept = true
    },
    isWanted: ({ isolate = false }) => isolate && !isAsKept,
    async restore({ name }) {
      const fromSec = session.clock.now()
      for (const { data } of restorable()) await data?.restore()
      const sec = Math.round((session.clock.now() - fromSec) * 1000) / 1000
      session.emit({ kind: 'data-restored', test: name, services: restorable().map((service) => service.name), sec })
    },
    used: () => {
      isAsKept = false
    },
  }
}
