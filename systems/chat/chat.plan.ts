import { plan, service, type HttpContext } from 'proofload'
import { accounts, port, type Shared } from './plan/chatting.ts'
import { configurationTests } from './plan/configuration-tests.ts'
import { readTheRooms } from './plan/integrity.ts'
import { alerts, monitor } from './plan/monitoring.ts'
import { loadTests, nothingIsLost } from './plan/load-tests.ts'
import { browse, doze, keep, logIn, share, stream, talk, talkLoudly, talkOverTcp, visit } from './plan/scenarios.ts'
import { countFailedLogIns, limiters, securityTests, tokenSecret, trespass } from './plan/security.ts'
import { stressTests } from './plan/stress-tests.ts'

/** Log-in costs the target 40 ms of CPU on purpose, so that everybody does it once. */
async function tokenFor(http: HttpContext, name: string): Promise<string> {
  const answer = await http.post('/login', { json: { name, password: 'correct-horse' } })
  if (!answer.ok) throw new Error(`log-in of ${name} failed: ${answer.failureMessage ?? answer.status}`)
  return answer.json<{ token: string }>().token
}

export default plan({
  services: { db: service.postgres({ maxConnections: 50 }) },
  target: {
    url: `http://127.0.0.1:${port}`,
    start: 'node dist/systems/chat/main.js',
    // With one secret for all its starts, a log-in outlives a restart.
    env: ({ db, alerts }) => ({
      DATABASE_URL: db.url,
      PORT: port,
      TCP_PORT: `${Number(port) + 1}`,
      CHAT_DEMO_USERS: `${accounts}`,
      CHAT_TOKEN_SECRET: tokenSecret,
      ALERT_WEBHOOK: alerts.url,
    }),
    ready: '/health',
    metrics: '/metrics',
    monitor,
  },
  async setup({ http }): Promise<Shared> {
    const names = Array.from({ length: accounts }, (_, index) => `user${index + 1}`)
    const tokens: string[] = []
    for (let at = 0; at < names.length; at += 8) {
      tokens.push(...(await Promise.all(names.slice(at, at + 8).map((name) => tokenFor(http, name)))))
    }
    return { tokens }
  },
  audit: readTheRooms,
  auditCount: countFailedLogIns,
  limiters,
  alerts,
  scenarios: { talk, talkOverTcp, talkLoudly, doze, stream, visit, keep, logIn, share, browse, trespass },
  objectives: ['p95 < 100ms', 'errors < 1%', 'target.cpu < 70%', 'target.memory < 400MB', ...nothingIsLost],
  stopWhen: ['target.memory > 1GB', 'target.cpu > 95% for 10s', 'errors > 50% for 5s', 'host.memory > 90%'],
  tests: { ...loadTests, ...stressTests, ...configurationTests, ...securityTests },
})
