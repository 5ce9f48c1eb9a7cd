import { JoinedOutlet } from '../joined-outlet.ts'
import type { Stage } from '../stage.ts'
import { HeldAnswers } from './held-answers.ts'
import type { MessageHead } from './message-framer.ts'
import { MessageFramer } from './message-framer.ts'
import {
  codeOf,
  COMMAND_COMPLETE,
  COPY_IN,
  EMPTY_QUERY,
  ERROR_RESPONSE,
  NO,
  PORTAL_SUSPENDED,
  READY,
  readText,
} from './messages.ts'
import type { Session } from './session.ts'

const known: ReadonlySet<number> = new Set([COMMAND_COMPLETE, EMPTY_QUERY, PORTAL_SUSPENDED, COPY_IN, ERROR_RESPONSE, READY])

/** What a server says, on its way to the client. */
export class ServerSide implements Stage {
  readonly #session: Session
  readonly #framer: MessageFramer
  readonly #out: JoinedOutlet
  readonly #held: HeldAnswers
  /** The connection is over: nothing goes on. */
  #isCut = false
  /** The message in hand is not told. */
  #isKept = false
  /** The chunk in hand goes on as it came, and is only looked at. */
  #isWhole = true
  /** That the server is ready is not told before the client has asked for it. */
  #isKeepingReady = false
  #keptReady: { readonly head: MessageHead; readonly bytes: Buffer } | undefined

  /** @param switched what comes now is not PostgreSQL's protocol any more, in both directions */
  constructor(session: Session, switched: () => void) {
    this.#session = session
    this.#out = new JoinedOutlet(session.connection.down)
    const pass = (bytes: Buffer): void => {
      if (!this.#isWhole && !this.#isKept && !this.#isCut) this.#out.write(bytes)
    }
    this.#held = new HeldAnswers(
      session,
      (chunk) => {
        this.#hear(chunk)
      },
      () => {
        this.#hearEnd()
      },
    )
    this.#framer = new MessageFramer(
      {
        skips: (type) => this.#isWhole && !known.has(type),
        partial: () => this.#isWhole,
        head: (head, bytes, isWhole) => {
          this.#meet(head, bytes, isWhole && !this.#isWhole)
          pass(bytes)
        },
        body: pass,
        end: () => {
          this.#isKept = false
        },
        byte: (value, bytes) => {
          pass(bytes)
          if (value !== NO) switched()
        },
        raw: pass,
        malformed: switched,
      },
      'typed',
    )
  }

  write(chunk: Buffer): void {
    this.#held.write(chunk)
  }

  end(): void {
    this.#held.end()
  }

  isFull(): boolean {
    return this.#held.isFull
  }

  changed(): void {
    this.#held.changed()
  }

  clientLeft(): void {
    this.#held.giveUp()
  }

  over(): void {
    this.#held.leave()
  }

  /** A single byte comes: whether it can encrypt. */
  expectByte(): void {
    this.#framer.expect('byte')
  }

  becomeRaw(): void {
    this.#framer.expect('raw')
  }

  /** The answer to a statement of ours comes. That the server is ready again is not told before `letReady`. */
  keepReady(): void {
    this.#isKeepingReady = true
  }

  letReady(): void {
    this.#isKeepingReady = false
    const kept = this.#keptReady
    if (kept === undefined) return
    this.#keptReady = undefined
    this.#understand(kept.head)
    this.#out.write(kept.bytes)
  }

  // hot
  #hear(chunk: Buffer): void {
    if (this.#isCut) return
    const { connection } = this.#session
    this.#isWhole = !this.#isKeepingReady && !this.#framer.isHolding && connection.toxics().length === 0
    if (this.#isWhole) {
      this.#framer.push(chunk)
      connection.down.write(chunk)
    } else
      this.#out.during(() => {
        this.#framer.push(chunk)
      })
  }

  #hearEnd(): void {
    if (this.#isCut) return
    this.#isWhole = false
    this.#framer.finish()
    this.#out.end()
  }

  /** @param canAct whether nothing of it has gone on yet */
  #meet(head: MessageHead, bytes: Buffer, canAct: boolean): void {
    if (this.#isCut) return
    if (canAct && head.type === COMMAND_COMPLETE && this.#losesCommit(head.content)) {
      this.#isCut = true
      this.#session.connection.reset()
    } else if (head.type === READY && this.#isKeepingReady) {
      this.#isKept = true
      this.#keptReady = { head, bytes }
    } else this.#understand(head)
  }

  /** `lose-commit`: the database says that it is done, which it says after it is on the disk; the client never hears it. */
  #losesCommit(content: Buffer): boolean {
    return readText(content, 0).text === 'COMMIT' && this.#session.toxics('lose-commit').some((toxic) => toxic.meets())
  }

  #understand({ type, content }: MessageHead): void {
    const { connection, calls, status } = this.#session
    if (type === READY) this.#session.status = statusOf(content[0])
    else if (type === ERROR_RESPONSE && status === undefined && codeOf(content) === '53300') connection.counts.tooMany()
    calls.heard(type)
    if (type === READY) this.#session.countUse()
  }
}

function statusOf(letter: number | undefined): 'I' | 'T' | 'E' {
  return letter === 84 ? 'T' : letter === 69 ? 'E' : 'I'
}
