import { plan, service } from 'proofload'
import { accounts, adminPassword, people, port, signedToken, tokenSecret, type Shared } from './plan/chatting.ts'
import { configurationTests } from './plan/configuration-tests.ts'
import { readTheRooms } from './plan/integrity.ts'
import { alerts, monitor } from './plan/monitoring.ts'
import { loadTests, nothingIsLost } from './plan/load-tests.ts'
import {
  administer,
  browse,
  doze,
  fill,
  keep,
  logIn,
  share,
  stream,
  talk,
  talkLoudly,
  talkOverTcp,
  visit,
} from './plan/scenarios.ts'
import { countFailedLogIns, limiters, securityTests, trespass } from './plan/security.ts'
import { stressTests } from './plan/stress-tests.ts'
import { watchingTests } from './plan/watching.ts'

export default plan({
  services: { db: service.postgres({ maxConnections: 50 }) },
  target: {
    url: `http://127.0.0.1:${port}`,
    start: 'node dist/systems/chat/main.js',
    env: ({ db, alerts }) => ({
      DATABASE_URL: db.url,
      PORT: port,
      TCP_PORT: `${Number(port) + 1}`,
      CHAT_DEMO_USERS: `${accounts}`,
      CHAT_TOKEN_SECRET: tokenSecret,
      CHAT_ADMIN_PASSWORD: adminPassword,
      ALERT_WEBHOOK: alerts.url,
    }),
    ready: '/health',
    metrics: '/metrics',
    monitor,
  },
  // Log-in costs the target 40 ms of CPU on purpose: one shows that tokens are as this plan makes them, and the test of log-ins has the rest.
  async setup({ http }): Promise<Shared> {
    const answer = await http.post('/login', { json: { name: `user${accounts}`, password: 'correct-horse' } })
    if (!answer.ok) throw new Error(`log-in failed: ${answer.failureMessage ?? answer.status}`)
    if (answer.json<{ id: number }>().id !== accounts) throw new Error('the users of the demonstration have other numbers')
    return { tokens: Array.from({ length: people }, (_, index) => signedToken(index + 1)) }
  },
  audit: readTheRooms,
  auditCount: countFailedLogIns,
  limiters,
  alerts,
  scenarios: { talk, talkOverTcp, talkLoudly, doze, stream, visit, keep, logIn, share, fill, browse, administer, trespass },
  objectives: ['p95 < 100ms', 'errors < 1%', 'target.cpu < 70%', 'target.memory < 400MB', ...nothingIsLost],
  stopWhen: ['target.memory > 1GB', 'target.cpu > 95% for 10s', 'errors > 50% for 5s', 'host.memory > 90%'],
  tests: { ...loadTests, ...stressTests, ...configurationTests, ...securityTests, ...watchingTests },
})
