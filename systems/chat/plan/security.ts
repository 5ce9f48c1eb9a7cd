import { attack, scenario, type Attack, type AuditCountContext, type LimiterOptions, type TestOptions } from 'proofload'
import { bearer, people, port, signedToken, tcpPort, tokenOf, type Shared } from './chatting.ts'
import { protectTheMachine } from './stress-tests.ts'

/** What an attacker with an account of their own says first: the token is needed before the load begins. */
const hello = (attacker: number): string => JSON.stringify({ type: 'hello', token: signedToken(people + attacker) })

const join = (room: string): string => JSON.stringify({ type: 'join', room })
const say = JSON.stringify({ type: 'say', room: 'room50', text: 'buy cheap watches, number {n}' })

const webSocket = `ws://127.0.0.1:${port}/ws`
const lines = `tcp://127.0.0.1${tcpPort}`
const users = Array.from({ length: 200 }, (_, index) => `user${index + 1}`)

/** Every user may ask fifty times a second, and a hundred times at once. */
export const limiters: Readonly<Record<'user', LimiterOptions>> = {
  user: {
    request: { path: '/me' },
    key: {
      header: 'authorization',
      // What `setup` of this plan returned.
      values: ({ shared }) => (shared as Shared).tokens.slice(100, 190).map((token) => bearer(token).authorization),
    },
    expect: { rate: '50/s', burst: 100 },
  },
}

/** Of the chat's own audit log. */
export async function countFailedLogIns({ sql }: AuditCountContext): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    "SELECT count(*)::integer AS count FROM audit WHERE kind IN ('log-in-failed', 'log-in-refused')",
  )
  return rows[0]?.count ?? 0
}

/** Somebody puts a file into a room of their own, and others try to get it. */
export const trespass = scenario<Shared>(async (context) => {
  const { http, vu, check, think } = context
  const { tokens } = vu.shared
  const owner = bearer(tokenOf(context))
  const room = `private-${crypto.randomUUID()}`
  await http.post('/rooms', { json: { name: room }, headers: owner })
  const file = { content: 'between us', filename: 'letter.txt', type: 'text/plain' }
  const stored = await http.post(`/rooms/${room}/files`, {
    multipart: { file },
    headers: owner,
    name: 'POST /rooms/:room/files',
  })
  if (!check('the file is stored', stored.status === 201)) return
  const path = `/files/${stored.json<{ id: string }>().id}`
  const stranger = bearer(tokens[(vu.id + 1) % tokens.length] ?? '')
  const theirs = await http.get(path, { headers: owner, name: 'GET /files/:id as a member' })
  const refused = await http.get(path, { headers: stranger, name: 'GET /files/:id as a stranger', expect: [404] })
  const nobody = await http.get(path, { name: 'GET /files/:id without a token', expect: [401] })
  check('a member gets the file', theirs.status === 200)
  check('a stranger gets no file', refused.status === 404)
  check('nobody gets a file without a token', nobody.status === 401)
  await think('200ms', '600ms')
})

/** Those who are there by right, while others attack. */
const legitimate = { browse: { arrivals: { rate: '10/s', process: 'uniform' } }, talk: { users: 20 } } as const
const unharmed = ['denied = no', 'legitimateBlocked < 0.1%', 'errors < 1%', 'p95 < 500ms']

interface AttackedOptions {
  /** Seconds of quiet, of each attack, and afterwards. */
  readonly seconds: readonly [before: number, each: number, after: number]
  readonly inTurn: boolean
}

/** One attack after the other, or all of them at once. */
function attackedBy(attacks: readonly Attack[], { seconds: [before, each, after], inTurn }: AttackedOptions) {
  const startOf = (index: number): number => before + (inTurn ? index * (each + after) : 0)
  return {
    for: `${startOf(attacks.length - 1) + each + after}s`,
    attacks: attacks.map((one, index) => ({ at: `${startOf(index)}s`, for: `${each}s`, attack: one })),
  }
}

interface SecurityOptions {
  readonly objectives: readonly string[]
  readonly full?: AttackedOptions
  readonly quick?: AttackedOptions
}

const security = (attacks: readonly Attack[], options: SecurityOptions) => {
  const { objectives } = options
  const { full = { seconds: [30, 30, 15], inTurn: true }, quick = { seconds: [7, 4, 1], inTurn: true } } = options
  return {
    suite: 'security',
    // What is blocked in one test must not be blocked in the next.
    fresh: true,
    load: legitimate,
    warmup: '2s',
    ...attackedBy(attacks, full),
    objectives: [...unharmed, ...objectives],
    stopWhen: protectTheMachine,
    quick: { warmup: '1s', ...attackedBy(attacks, quick) },
  } satisfies TestOptions
}

/** Each address too few tries a second to hurt, and too many to guess so often. Where nobody is blocked each has twenty answers within seconds, on a busy machine too: few addresses. */
const guesses = { path: '/login', userField: 'name', rate: '20/s', sources: 2, blocked: [403] }

export const securityTests = {
  guessing: security(
    [
      attack.bruteForce({ ...guesses, user: 'user1', sources: 1 }),
      attack.passwordSpraying({ ...guesses, users: users.slice(0, 100), passwords: ['Winter2026', 'password1'] }),
      attack.credentialStuffing({ ...guesses, credentials: users.map((name) => [name, `leaked-by-${name}`] as const) }),
    ],
    { objectives: ['blockedWithin < 10s', 'sourcesBlocked > 95%', 'audited = 100%'] },
  ),
  // Who is registered is not told by the time that a refusal takes. Many addresses, so that none is blocked.
  'user enumeration': security([attack.userEnumeration({ ...guesses, known: users.slice(0, 50), rate: '12/s', sources: 60 })], {
    objectives: ['enumeration = no'],
    quick: { seconds: [7, 6, 1], inTurn: true },
  }),
  'slow clients': security(
    [
      attack.slowHeaders({ connections: 200 }),
      attack.slowBody({ path: '/login', connections: 200 }),
      attack.slowRead({ path: '/metrics', connections: 50 }),
      attack.connectionFlood({ connections: 200 }),
      attack.connectionFlood({ to: lines, connections: 200 }),
      attack.idleHoarding({ path: '/health', connections: 200 }),
    ],
    {
      objectives: [
        'connectionHeld(slowHeaders) < 10s',
        'connectionHeld(slowBody) < 15s',
        'connectionHeld(connectionFlood) < 10s',
        'connectionHeld(connectionFlood 2) < 10s',
      ],
      full: { seconds: [30, 60, 15], inTurn: false },
      quick: { seconds: [7, 13, 1], inTurn: false },
    },
  ),
  floods: security(
    [
      attack.httpFlood({ path: '/rooms', rate: '300/s', cacheBuster: true }),
      attack.httpFlood({ path: '/login', method: 'POST', rate: '100/s' }),
      attack.headerFlood(),
      attack.hugeBody({ path: '/login' }),
      attack.endlessBody({ path: '/login', connections: 50 }),
      attack.malformedHttp(),
      attack.reconnectStorm({ to: webSocket, rate: '100/s' }),
    ],
    { objectives: [], quick: { seconds: [7, 4, 1], inTurn: false } },
  ),
  // By users with an account: what limits them is their own rate.
  'message floods': security(
    [
      attack.messageFlood({
        ...{ to: webSocket, rate: '300/s', sources: 4, connections: 4, blockedText: 'rate-limited' },
        opening: [hello(1), join('room50')],
        messages: [say],
      }),
      attack.messageFlood({
        ...{ to: lines, rate: '300/s', sources: 4, connections: 4, blockedText: 'rate-limited' },
        opening: [hello(2), join('room50')],
        messages: [say],
      }),
      attack.joinFlood({
        ...{ to: webSocket, rate: '300/s', sources: 4, connections: 4, blockedText: 'rate-limited' },
        opening: [hello(3)],
        messages: Array.from({ length: 50 }, (_, index) => join(`room${index + 1}`)),
      }),
      attack.pingFlood({ to: webSocket, rate: '300/s', sources: 4, connections: 4, opening: [hello(4)] }),
      attack.malformedFrames({ to: webSocket }),
    ],
    {
      objectives: [
        'sourcesBlocked(messageFlood) > 95%',
        'sourcesBlocked(messageFlood 2) > 95%',
        'sourcesBlocked(joinFlood) > 95%',
        'sourcesBlocked(pingFlood) > 95%',
      ],
      quick: { seconds: [7, 4, 1], inTurn: false },
    },
  ),
  'rate limiter': {
    suite: 'security',
    fresh: true,
    users: 5,
    for: '90s',
    mix: { talk: 1 },
    objectives: ['limiter(user) = enforced', 'errors < 1%'],
    stopWhen: protectTheMachine,
    quick: { for: '20s' },
  },
  'files of others': {
    suite: 'security',
    users: 5,
    for: '30s',
    mix: { trespass: 1 },
    objectives: ['checks > 99.9%', 'errors < 1%'],
    stopWhen: protectTheMachine,
    quick: { for: '5s' },
  },
} satisfies Readonly<Record<string, TestOptions>>
