import { AlertStates, type AlertRule } from './alert-rules.ts'
import { AlertWebhook } from './alert-webhook.ts'
import type { ServerFigures } from './server-figures.ts'

export interface Alerts {
  readonly firing: readonly string[]
  close(): void
}

export interface AlertsOptions {
  readonly figures: ServerFigures
  readonly rules: readonly AlertRule[]
  /** Absent: alerts are seen on the dashboard only. */
  readonly webhook?: string | undefined
}

/** Looks at the server each second, and tells of what changed. */
export function startAlerts({ figures, rules, webhook }: AlertsOptions): Alerts {
  const states = new AlertStates(rules)
  const receiver = webhook === undefined ? undefined : new AlertWebhook({ url: webhook })
  const timer = setInterval(() => {
    figures.tick()
    for (const change of states.evaluate(figures.seconds)) receiver?.tell(change, Date.now())
  }, 1_000).unref()
  return {
    get firing() {
      return states.firing
    },
    close() {
      clearInterval(timer)
      figures.close()
      receiver?.close()
    },
  }
}
