import type { Chat } from './chat.ts'
import { runCommand } from './commands.ts'
import { asChatError, ChatError } from './errors.ts'
import { Packet } from './packet.ts'
import type { Door, Identity } from './protection/contract.ts'
import type { Protections } from './protections.ts'
import { readCommand, type CommandId, type Received } from './protocol.ts'
import { closeCodes, Session, type Wire } from './session.ts'
import type { Tokens } from './tokens.ts'

/** Commands of one client that are read but not answered; beyond it nothing more is read from it. */
const mostAtOnce = 64
/** Mistakes in a row after which a client is sent away. */
const mostMistakes = 20

export interface ConnectionContext {
  readonly chat: Chat
  readonly tokens: Tokens
  readonly protections: Protections
  readonly validates: boolean
  /** Who has not said who they are by then is sent away. */
  readonly helloWithinMs: number
  readonly mostWaitingBytes: number
}

export interface ConnectionOptions {
  readonly context: ConnectionContext
  readonly door: Door
  readonly address: string
  readonly wire: Wire
  /** Known already when the token came with the opening. */
  readonly user: Identity | undefined
}

/** What both doors do with what a client sends: in order, no faster than it is allowed, never more than a little at once. */
export class Connection {
  readonly #context: ConnectionContext
  readonly #session: Session
  readonly #queue: string[] = []
  readonly #patience: NodeJS.Timeout
  #isWorking = false
  #isPaused = false
  #running = 0
  #mistakes = 0
  #admitted: Promise<unknown> = Promise.resolve()

  constructor({ context, door, address, wire, user }: ConnectionOptions) {
    const { chat, protections, helloWithinMs, mostWaitingBytes } = context
    this.#context = context
    this.#session = new Session({ door, address, wire, monitor: protections.monitor, mostWaitingBytes })
    chat.sessions.opened(this.#session)
    protections.monitor.connected(door)
    this.#patience = setTimeout(() => this.#close('says nothing'), helloWithinMs).unref()
    if (user !== undefined) void this.#greet(user)
  }

  receive(text: string): void {
    if (this.#session.isClosed) return
    this.#context.protections.monitor.messageIn(this.#session.door)
    this.#queue.push(text)
    this.#holdBack()
    if (!this.#isWorking) void this.#work()
  }

  /** Something that costs us as much as a command but is none, such as a ping of the protocol. */
  async spend(): Promise<void> {
    const { allowed } = await this.#take()
    if (!allowed) this.#close('sends too much')
  }

  closed(): void {
    clearTimeout(this.#patience)
    this.#queue.length = 0
    this.#context.chat.closed(this.#session)
    this.#context.protections.monitor.disconnected(this.#session.door)
  }

  async #work(): Promise<void> {
    this.#isWorking = true
    for (let text = this.#queue.shift(); text !== undefined; text = this.#queue.shift()) {
      const received = readCommand(text, this.#context.validates)
      const answered = this.#answer(received, performance.now())
      // What is said is numbered in the order in which it came, all else waits for its turn.
      if (received.type !== 'say' && received.type !== 'direct') await answered
      else await this.#admitted
      this.#holdBack()
    }
    this.#isWorking = false
  }

  async #answer({ id, type, command }: Received, startedMs: number): Promise<void> {
    const { protections } = this.#context
    this.#running += 1
    let isOk = true
    try {
      await this.#admit()
      if (command instanceof ChatError) throw command
      this.#mistakes = 0
      const { chat, tokens } = this.#context
      const identify = (user: Identity): Promise<void> => this.#identified(user)
      const answer = await runCommand(command, { session: this.#session, chat, tokens, identify })
      this.#session.send(new Packet({ ...answer, re: id }))
    } catch (error) {
      isOk = false
      this.#refuse(error, id)
    } finally {
      this.#running -= 1
      protections.monitor.command({ door: this.#session.door, type, isOk, ms: performance.now() - startedMs })
      this.#holdBack()
    }
  }

  async #admit(): Promise<void> {
    const taking = this.#take()
    this.#admitted = taking
    const { allowed, retryAfterSec } = await taking
    if (allowed) return
    this.#context.protections.monitor.refused('rate-limited')
    throw new ChatError('rate-limited', 'Too many at once: wait a little.', { retryAfterSec })
  }

  #take() {
    const { address, user } = this.#session
    return this.#context.protections.limiter.take({ address, user: user?.name })
  }

  #refuse(error: unknown, re: CommandId | undefined): void {
    const { code, message, retryAfterSec: retryAfter } = asChatError(error)
    this.#session.send(new Packet({ type: 'error', code, message, re, retryAfter }))
    if (code !== 'invalid' && code !== 'unknown-command') return
    this.#context.protections.monitor.refused('invalid')
    this.#mistakes += 1
    if (this.#mistakes >= mostMistakes) this.#close('makes too many mistakes')
  }

  async #identified(user: Identity): Promise<void> {
    clearTimeout(this.#patience)
    const { chat } = this.#context
    chat.sessions.identified(this.#session, user)
    await chat.catchUp(this.#session, user)
  }

  /** Of who came with a token. */
  async #greet(user: Identity): Promise<void> {
    try {
      await this.#identified(user)
      this.#session.send(new Packet({ type: 'welcome', user: user.name }))
    } catch {
      this.#close('the database does not answer', closeCodes.tryAgainLater)
    }
  }

  #holdBack(): void {
    const isFull = this.#queue.length + this.#running >= mostAtOnce
    if (isFull === this.#isPaused || this.#session.isClosed) return
    this.#isPaused = isFull
    if (isFull) this.#session.pause()
    else this.#session.resume()
  }

  #close(reason: string, code: number = closeCodes.policy): void {
    this.#session.close(code, reason)
  }
}
