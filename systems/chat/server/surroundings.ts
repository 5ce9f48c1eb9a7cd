import type { FastifyInstance } from 'fastify'
import { AdminLogIn } from './admin/admin-log-in.ts'
import { adminRoutes } from './admin/admin-routes.ts'
import { createAccess } from './app.ts'
import type { ChatArguments } from './arguments.ts'
import type { Chat } from './chat.ts'
import type { Database } from './database.ts'
import type { Behaviour } from './defects.ts'
import { postgresFiles } from './files/file-records.ts'
import { fileRoutes } from './files/file-routes.ts'
import { FileStore } from './files/file-store.ts'
import { alertRules, failedShare, standardThresholds } from './monitoring/alert-rules.ts'
import { startAlerts } from './monitoring/alerts.ts'
import { metricsRoutes } from './monitoring/metrics-routes.ts'
import { ChatMonitor, noMonitor } from './monitoring/monitor.ts'
import { ServerFigures } from './monitoring/server-figures.ts'
import { FailureBlock, noBlock } from './protection/address-block.ts'
import { BatchedAuditLog, noAuditLog } from './protection/audit-log.ts'
import { noPatterns, Patterns } from './protection/patterns.ts'
import { postgresAudit } from './protection/postgres-audit.ts'
import { BucketRateLimiter, unlimited } from './protection/rate-limiter.ts'
import type { Protections } from './protections.ts'
import type { Tokens } from './tokens.ts'

export interface Surroundings {
  readonly protections: Protections
  addRoutes(app: FastifyInstance, core: { readonly chat: Chat; readonly tokens: Tokens }): Promise<void>
  /** All that was noted is written. */
  close(): Promise<void>
}

export interface SurroundingsOptions {
  readonly database: Database
  readonly behaviour: Behaviour
  readonly given: Pick<ChatArguments, 'without' | 'settings'>
  /** Where alerts are sent. */
  readonly webhook: string | undefined
  readonly filesFolder: string | undefined
  readonly adminPassword: string
}

/** What the core has around it, without what was switched off. */
export async function createSurroundings({
  database,
  behaviour,
  given,
  webhook,
  filesFolder,
  adminPassword,
}: SurroundingsOptions): Promise<Surroundings> {
  const { settings, without } = given
  const audit = without.includes('audit') ? noAuditLog : new BatchedAuditLog({ store: postgresAudit(database) })
  const counting = without.includes('metrics') ? undefined : new ChatMonitor()
  const monitor = counting ?? noMonitor
  const block = behaviour.blocksAddresses
    ? new FailureBlock({
        onBlocked: ({ address, user, sec }) => audit.note({ kind: 'blocked', user, address, detail: `for ${Math.ceil(sec)} s` }),
      })
    : noBlock
  monitor.gauge('addresses_blocked', 'Addresses that are turned away now.', () => block.blocked().length)
  monitor.gauge('audit_waiting', 'Lines of the audit log that wait for the database.', () => audit.waiting)
  const isLimited = behaviour.limitsRates && !without.includes('limiter')
  const limiter = isLimited
    ? new BucketRateLimiter({
        user: { ratePerSec: settings.userRate, burst: settings.userBurst },
        address: { ratePerSec: settings.addressRate, burst: settings.addressBurst },
        takesAtOnce: behaviour.takesTokensAtOnce,
      })
    : unlimited
  const patterns = without.includes('patterns') ? noPatterns : new Patterns({ audit })
  const files = await FileStore.open({ folder: filesFolder })
  const figures = new ServerFigures(monitor)
  monitor.gauge('failed_share', 'Share of the last seconds’ requests that failed by our fault.', () =>
    failedShare(figures.seconds),
  )
  const alerts = startAlerts({ figures, rules: alertRules(standardThresholds), webhook })
  return {
    protections: { limiter, block, audit, patterns, monitor },
    async addRoutes(app, core) {
      const access = createAccess(core)
      const records = postgresFiles(database)
      await fileRoutes(app, { store: files, records, access, audit, guardsDownloads: behaviour.guardsDownloads })
      if (counting !== undefined) metricsRoutes(app, counting)
      adminRoutes(app, {
        logIn: new AdminLogIn(adminPassword),
        block,
        audit,
        figures: () => ({
          upSec: process.uptime(),
          seconds: figures.seconds,
          gauges: monitor.gauges,
          alerts: alerts.firing,
          blocked: block.blocked(),
          audit: audit.last,
        }),
      })
    },
    async close() {
      alerts.close()
      await audit.close()
      await files.close()
    },
  }
}
