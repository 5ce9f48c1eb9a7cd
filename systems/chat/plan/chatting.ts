import { createHmac } from 'node:crypto'
import type { MessageConnection, MessageResult, ScenarioContext } from 'proofload'

/** What `setup` gives to all users. */
export interface Shared {
  readonly tokens: readonly string[]
}

/** What the server sends, as far as the plan looks at it. */
export interface Packet {
  readonly type: string
  readonly re?: string
  readonly code?: string
  readonly seq?: number
  readonly messages?: readonly { readonly text: string }[]
}

export type Line = MessageConnection<Packet>
type Context<State> = ScenarioContext<State, Shared>

/** Users of the demonstration. */
export const accounts = 200

/** Those of them who are there by right, and share their accounts where a test has more. The others are the attackers: nobody is blocked for what somebody else did. */
export const people = 190

/** The server is given it, so that a log-in outlives a restart, and that nobody has to wait for 200 password hashes before each run. */
export const tokenSecret = 'tokens of this secret open a chat on loopback only'

/** As the server signs it when `user1`, `user2` … log in: they were registered in this order, see `setup` of the plan. */
export function signedToken(id: number): string {
  const claims = Buffer.from(JSON.stringify({ id, name: `user${id}`, until: Date.UTC(2100, 0) })).toString('base64url')
  return `${claims}.${createHmac('sha256', tokenSecret).update(claims).digest('base64url')}`
}

export const adminPassword = 'who knows it administers a chat on loopback only'

/** So many users are in a room together. */
export const roomFor = (user: number, size = 5): string => `room${1 + (Math.floor(user / size) % 50)}`

export const tokenOf = <State>({ vu }: Context<State>): string => vu.shared.tokens[vu.id % vu.shared.tokens.length] ?? ''

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** What is said now, and not what a history tells again. */
const isNew = ({ type }: Packet): boolean => type === 'message'

export interface EntryOptions {
  readonly room: string
  readonly over?: 'ws' | 'tcp'
  /** Measures how long messages of others take, and whether they come. */
  readonly listens?: boolean
  readonly resume?: boolean
}

/** Connected, known and in a room; undefined when anything of it failed. */
export async function enter<State>(context: Context<State>, options: EntryOptions): Promise<Line | undefined> {
  const { room, over = 'ws', listens = true, resume = false } = options
  const line = await connected(context, over)
  if (!line.ok) return undefined
  if (listens) line.deliveries(room, { name: `delivered over ${over}`, where: isNew, resume })
  listenForTheEnd(line)
  const greeting =
    over === 'ws'
      ? await line.next(({ type }) => type === 'welcome', '5s')
      : await ask(line, { type: 'hello', token: tokenOf(context) })
  const joined = await ask(line, { type: 'join', room })
  return context.check('joined', greeting.ok && isAnswer(joined, 'joined')) ? line : undefined
}

function connected<State>(context: Context<State>, over: 'ws' | 'tcp'): Promise<Line> {
  const { ws, tcp } = context
  return over === 'ws'
    ? ws.connect<Packet>('/ws', { headers: bearer(tokenOf(context)), keep: true })
    : tcp.connect<Packet>(tcpPort, { keep: true, name: 'tcp connect' })
}

/** Two runs at once need other ports: `CHAT_PORT=19280 npx proofload run …`. Lines have the port after it. */
export const port = process.env['CHAT_PORT'] ?? '18280'
export const tcpPort = `:${Number(port) + 1}`

let lastId = 0

/** A command and its answer, which carries the number of the command as `re`. */
export function ask(
  line: Line,
  command: { readonly type: string } & Readonly<Record<string, unknown>>,
): Promise<MessageResult<Packet>> {
  lastId += 1
  const id = `${lastId}`
  const options = { timeout: '5s', name: `chat ${command.type}`, expect: isNoError }
  return line.request({ ...command, id }, ({ re }) => re === id, options)
}

const isNoError = ({ type }: Packet): boolean => type !== 'error'

const told = new WeakSet<Line>()

/** A server that is about to stop says so, and whoever listens says nothing more: what crosses its end has no answer. */
function listenForTheEnd(line: Line): void {
  line.on('message', ({ type }) => {
    if (type === 'notice') told.add(line)
  })
}

export const isEnding = (line: Line): boolean => told.has(line)

export const isAnswer = ({ ok, message }: MessageResult<Packet>, type: string): boolean => ok && message.type === type

/** What an answer to something that was said promises: only what was refused is surely not there. */
export function outcomeOf({ ok, message }: MessageResult<Packet>) {
  if (message === undefined) return 'uncertain'
  if (ok && message.type === 'said') return 'acknowledged'
  return message.code === 'overloaded' || message.code === 'internal' ? 'uncertain' : 'failed'
}
