import { onTestFinished } from 'vitest'
import { parseChatArguments, type Settings } from '../arguments.ts'
import { behaviourWith, type Defect } from '../defects.ts'
import { Passwords } from '../passwords.ts'
import { unprotected, type Protections } from '../protections.ts'
import { startServer, type RunningServer } from '../server.ts'
import { Tokens } from '../tokens.ts'
import { MemoryStore } from './memory-store.ts'

export interface TestServer extends RunningServer {
  readonly store: MemoryStore
  /** Tokens of ann, bob and cid, who have a room `lobby`. */
  readonly tokens: readonly [ann: string, bob: string, cid: string]
}

export interface TestServerOptions {
  readonly defects?: readonly Defect[]
  readonly protections?: Partial<Protections>
  readonly settings?: Partial<Settings>
}

const { settings: standard } = parseChatArguments([], { DATABASE_URL: 'postgres://test' })

/** The whole server but for its database, on free ports; stopped with the test. */
export async function testServer({ defects = [], protections, settings }: TestServerOptions = {}): Promise<TestServer> {
  const store = new MemoryStore()
  const tokenSecret = 'secret of a test'
  const server = await startServer({
    store,
    passwords: new Passwords({ cost: 16 }),
    behaviour: behaviourWith(defects),
    protections: { ...unprotected, ...protections },
    settings: { ...standard, noticeMs: 0, ...settings },
    tokenSecret,
    host: '127.0.0.1',
    port: 0,
    tcpPort: 0,
    validates: true,
    presenceEveryMs: 1,
  })
  onTestFinished(() => server.stop())
  const issuer = new Tokens(tokenSecret)
  const [ann, bob, cid] = await Promise.all(
    ['ann', 'bob', 'cid'].map(async (name) => issuer.issue((await store.addUser(name, 'none')) ?? { id: 0, name })),
  )
  await store.addRoom('lobby', 1)
  return { ...server, store, tokens: [ann ?? '', bob ?? '', cid ?? ''] }
}
