import { JoinedOutlet } from '../joined-outlet.ts'
import type { Stage } from '../stage.ts'
import {
  BIND,
  CANCEL_REQUEST,
  COPY_DONE,
  COPY_FAIL,
  ENCRYPTION_REQUEST,
  errorResponse,
  EXECUTE,
  FUNCTION_CALL,
  PARSE,
  query,
  QUERY,
  readText,
  SSL_REQUEST,
  SYNC,
} from './messages.ts'
import type { MessageHead } from './message-framer.ts'
import { MessageFramer } from './message-framer.ts'
import type { ServerSide } from './server-side.ts'
import type { Session } from './session.ts'
import { isControl, StatementNames } from './statement-names.ts'

/** What becomes of a message. */
type Fate = 'pass' | 'drop'

const known: ReadonlySet<number> = new Set([QUERY, PARSE, BIND, EXECUTE, SYNC, FUNCTION_CALL, COPY_DONE, COPY_FAIL])

const tooMany = errorResponse({ severity: 'FATAL', code: '53300', text: 'sorry, too many clients already' })
const terminated = errorResponse({
  severity: 'FATAL',
  code: '57P01',
  text: 'terminating connection due to administrator command',
})
/** Fails in the server itself, so that what it thinks of the transaction is what the client is told. */
const failing = query(
  "DO $$ BEGIN RAISE EXCEPTION 'could not serialize access due to concurrent update' USING ERRCODE = '40001'; END $$",
)

/** What a client says, on its way to the server. */
export class ClientSide implements Stage {
  readonly #session: Session
  readonly #server: ServerSide
  readonly #framer: MessageFramer
  readonly #out: JoinedOutlet
  readonly #names = new StatementNames()
  #fate: Fate = 'pass'
  /** The rest of a batch whose statement was made to fail is dropped up to its Sync, as the server does after an error. */
  #isSkipping = false
  /** The connection is over: nothing goes on. */
  #isCut = false
  /** The chunk in hand goes on as it came, and is only looked at. */
  #isWhole = true

  constructor(session: Session, server: ServerSide) {
    this.#session = session
    this.#server = server
    this.#out = new JoinedOutlet(session.connection.up)
    const pass = (bytes: Buffer): void => {
      this.#pass(bytes)
    }
    this.#framer = new MessageFramer(
      {
        skips: (type) => this.#isWhole && !known.has(type),
        partial: () => this.#isWhole,
        head: (head, bytes, isWhole) => {
          this.#fate = this.#meet(head, isWhole && !this.#isWhole)
          pass(bytes)
        },
        body: pass,
        end: () => {
          this.#fate = 'pass'
        },
        byte: (_, bytes) => {
          pass(bytes)
        },
        raw: pass,
        malformed: () => {
          session.becomeOpaque()
          server.becomeRaw()
        },
      },
      'startup',
    )
  }

  // hot
  write(chunk: Buffer): void {
    if (this.#isCut) return
    const { connection } = this.#session
    this.#isWhole = this.#fate === 'pass' && !this.#isSkipping && !this.#framer.isHolding && connection.toxics().length === 0
    if (this.#isWhole) {
      this.#framer.push(chunk)
      connection.up.write(chunk)
    } else
      this.#out.during(() => {
        this.#framer.push(chunk)
      })
    this.#session.countUse()
  }

  end(): void {
    if (this.#isCut) return
    this.#isWhole = false
    this.#framer.finish()
    this.#session.leave()
    this.#server.clientLeft()
    this.#out.end()
  }

  becomeRaw(): void {
    this.#framer.expect('raw')
  }

  /** @param canAct whether nothing of it has gone on yet */
  #meet({ type, content }: MessageHead, canAct: boolean): Fate {
    if (this.#isCut) return 'drop'
    switch (type) {
      case 0:
        return this.#start(content.readUInt32BE(0), canAct)
      case QUERY:
        return this.#ask(canAct, () => isControl(readText(content, 0).text))
      case FUNCTION_CALL:
        return this.#ask(canAct, () => false)
      case EXECUTE:
        return this.#execute(content, canAct)
      case SYNC:
        return this.#sync()
      case PARSE:
        this.#names.parsed(content)
        break
      case BIND:
        this.#names.bound(content)
        break
      case COPY_DONE:
      case COPY_FAIL:
        this.#session.calls.copied()
    }
    return this.#isSkipping ? 'drop' : 'pass'
  }

  #start(code: number, canAct: boolean): Fate {
    if (code === SSL_REQUEST || code === ENCRYPTION_REQUEST) this.#server.expectByte()
    else if (code === CANCEL_REQUEST) {
      this.#framer.expect('raw')
      this.#server.becomeRaw()
    } else {
      this.#framer.expect('typed')
      if (!canAct || !this.#session.meetsError('53300')) return 'pass'
      this.#session.connection.counts.refused()
      return this.#cut(tooMany)
    }
    return 'pass'
  }

  #ask(canAct: boolean, isAboutTransaction: () => boolean): Fate {
    const { calls } = this.#session
    const canFail = canAct && this.#isInTransaction()
    calls.query()
    if (canAct && this.#session.meetsError('57P01')) return this.#cut(terminated)
    if (!canFail || isAboutTransaction() || !this.#session.meetsError('40001')) return 'pass'
    this.#out.write(failing)
    return 'drop'
  }

  #execute(content: Buffer, canAct: boolean): Fate {
    const { calls } = this.#session
    const canFail = canAct && !this.#isSkipping && this.#isInTransaction()
    calls.execute()
    if (this.#isSkipping) return 'drop'
    if (canAct && this.#session.meetsError('57P01')) return this.#cut(terminated)
    if (!canFail || this.#names.executesControl(content) || !this.#session.meetsError('40001')) return 'pass'
    this.#isSkipping = true
    this.#server.keepReady()
    this.#out.write(failing)
    return 'drop'
  }

  #sync(): Fate {
    this.#session.calls.sync()
    if (!this.#isSkipping) return 'pass'
    this.#isSkipping = false
    this.#server.letReady()
    return 'drop'
  }

  /** As far as the server has said, and nothing is on its way that could end it. */
  #isInTransaction(): boolean {
    return this.#session.status === 'T' && this.#session.calls.isEmpty
  }

  #cut(error: Buffer): Fate {
    this.#isCut = true
    this.#session.connection.down.write(error)
    this.#session.connection.close()
    return 'drop'
  }

  #pass(bytes: Buffer): void {
    if (!this.#isWhole && !this.#isCut && this.#fate === 'pass') this.#out.write(bytes)
  }
}
