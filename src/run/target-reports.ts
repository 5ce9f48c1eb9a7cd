import { pause } from '../base/pause.ts'
import type { PlanSpec, TestSpec } from '../model/plan-spec.ts'
import type { Probe, ProbeContext } from '../probes/index.ts'
import { openAlertReceiver } from './alert-receiver.ts'
import type { Session } from './session.ts'
import type { Task } from './task-runner.ts'

/** What the target says of itself: its alerts, which it sends to us, and its page of metrics, where that is compared with what we see. */
export interface TargetReports {
  readonly task: Task
  /** What its `env` is given. */
  addresses(): Readonly<Record<string, { readonly url: string }>>
  readonly scraped: NonNullable<ProbeContext['scraped']>
  /** It starts as another process, which knows nothing of what the last one has raised. */
  startsAfresh(): void
  /** Looks at the page while nothing is under way. */
  before(test: TestSpec, probes: readonly Probe[]): Promise<void>
  /** Looks again, and waits for alerts to be cleared as long as that may take. */
  after(probes: readonly Probe[]): Promise<void>
}

const lookMs = 100
/** What our own clocks may differ by; the verdict allows it as well. */
const slackMs = 2000

export function createTargetReports(session: Session, { alerts = [] }: Pick<PlanSpec, 'alerts'>): TargetReports {
  const promised = new Set(alerts.map(({ name }) => name))
  /** Of those that the plan promises something of: nobody waits for the others. */
  const raised = new Set<string>()
  let url: string | undefined
  let test: string | undefined

  const task: Task = {
    title: 'receiver of alerts',
    setup: async () => {
      const receiver = await openAlertReceiver({
        told({ name, status, of }) {
          if (promised.has(name)) raised[status === 'raised' ? 'add' : 'delete'](`${name} ${of ?? ''}`)
          session.emit({
            kind: 'alert',
            ...(test === undefined ? {} : { test }),
            name,
            status,
            ...(of === undefined ? {} : { of }),
          })
        },
        warn: (text) => session.emit({ kind: 'log', level: 'warn', text }),
      })
      url = receiver.url
      return () => receiver.close()
    },
  }

  const scrape = async (probes: readonly Probe[]): Promise<void> => {
    if (session.signal.aborted) return
    const looks = probes.flatMap((probe) => (probe.scrape === undefined ? [] : [probe.scrape()]))
    if (looks.length === 0) return
    let stop = (): void => undefined
    const stopped = new Promise<void>((resolve) => (stop = resolve))
    session.signal.addEventListener('abort', stop, { once: true })
    try {
      await Promise.race([Promise.all(looks), stopped])
    } finally {
      // The signal outlives the tests: it would keep a listener of each.
      session.signal.removeEventListener('abort', stop)
    }
  }

  const cleared = async (): Promise<void> => {
    const longest = Math.max(0, ...alerts.map(({ clearedWithinSec }) => clearedWithinSec * 1000 + slackMs))
    const untilMs = performance.now() + longest
    while (raised.size > 0 && performance.now() < untilMs && !session.signal.aborted) await pause(lookMs, session.signal)
  }

  return {
    task,
    addresses: () => (url === undefined ? {} : { alerts: { url } }),
    scraped: (scrape) => session.emit({ kind: 'scrape', ...scrape }, session.clock.now() - scrape.tookSec),
    startsAfresh: () => raised.clear(),
    async before({ name }, probes) {
      test = name
      await scrape(probes)
    },
    async after(probes) {
      await scrape(probes)
      await cleared()
      test = undefined
    },
  }
}
