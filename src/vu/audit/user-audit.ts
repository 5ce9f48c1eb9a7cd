import { describeValue } from '../../base/check.ts'
import { ToolError } from '../../base/errors.ts'
import type { AuditContext, AuditId, AuditOutcomeOptions, AuditWriteOptions } from '../../model/audit-context.ts'
import type { AuditOutcome } from '../../model/audit-record.ts'
import type { Attempt, AuditDesk } from './audit-desk.ts'
import { outcomeOf, seenIn } from './outcome.ts'

/** Longer ids would fill the record. */
const longestId = 200

/** The audit as a scenario sees it: notes at the desk of its worker what users do, and what came of it. */
export class UserAudit implements AuditContext {
  readonly #desk: AuditDesk
  readonly #isGone: () => boolean
  readonly echo: AuditContext['echo']
  readonly checksum: AuditContext['checksum']
  readonly intact: AuditContext['intact']
  readonly invariant: AuditContext['invariant']

  /** `isGone`: the user was taken away in the middle, and what it still says is no outcome. */
  constructor(desk: AuditDesk, isGone: () => boolean) {
    this.#desk = desk
    this.#isGone = isGone
    const { echo, checksum, intact, invariant } = desk.checks
    this.echo = echo
    this.checksum = checksum
    this.intact = intact
    this.invariant = invariant
  }

  readonly write = async <T>(
    id: AuditId | readonly AuditId[] | ((answer: T) => AuditId),
    body: () => T | Promise<T>,
    { version, outcome }: AuditWriteOptions<T> = {},
  ): Promise<T> => {
    if (typeof id === 'function') {
      const attempt = this.#desk.begin({ ids: [], anonymous: true, version })
      return this.#attempt(body, outcome, (came, answer) =>
        this.#endGiven(attempt, came, came === 'acknowledged' ? id : undefined, answer),
      )
    }
    const ids = (Array.isArray(id) ? (id as readonly AuditId[]) : [id as AuditId]).map((one) => textOfId(one, 'write')) // a list or one
    const attempt = this.#desk.begin({ ids, anonymous: false, version })
    return this.#attempt(body, outcome, (came) => this.#desk.end(attempt, came))
  }

  readonly add = async <T>(
    counter: string,
    amount: number,
    body: () => T | Promise<T>,
    { outcome }: AuditOutcomeOptions<T> = {},
  ): Promise<T> => {
    if (!Number.isFinite(amount))
      throw new ToolError(
        'PLAN_INVALID',
        `Expected audit.add('${counter}', …) to be given a number, got ${describeValue(amount)}`,
      )
    this.#desk.change(counter, 'begun', amount)
    return this.#attempt(body, outcome, (came) => {
      if (came !== 'uncertain') this.#desk.change(counter, came, amount)
    })
  }

  readonly readBack = async <T>(
    id: AuditId,
    body: () => T | Promise<T>,
    seen: (answer: T) => boolean | number | undefined = seenIn,
  ): Promise<T> => {
    const known = textOfId(id, 'readBack')
    const fromSec = this.#desk.nowSec()
    const answer = await body()
    const shown = seen(answer)
    if (shown !== undefined && !this.#isGone()) this.#desk.readBack(known, fromSec, shown)
    return answer
  }

  async #attempt<T>(
    body: () => T | Promise<T>,
    outcome: ((answer: T) => AuditOutcome) | undefined,
    ended: (came: AuditOutcome, answer?: T) => void,
  ): Promise<T> {
    let answer: T
    try {
      answer = await body()
    } catch (error) {
      ended('uncertain')
      throw error
    }
    ended(this.#isGone() ? 'uncertain' : outcome === undefined ? outcomeOf(answer) : outcome(answer), answer)
    return answer
  }

  #endGiven<T>(
    attempt: Attempt | undefined,
    came: AuditOutcome,
    id: ((answer: T) => AuditId) | undefined,
    answer: T | undefined,
  ): void {
    let given: string | undefined
    try {
      // An answer came: only what acknowledges has been asked for its id.
      given = id === undefined ? undefined : textOfId(id(answer as T), 'write')
    } catch (error) {
      this.#desk.end(attempt, 'uncertain')
      throw new Error(
        `the acknowledged answer does not tell the id that audit.write(…) asks it for: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      )
    }
    this.#desk.end(attempt, came, given)
  }
}

function textOfId(id: unknown, call: string): string {
  const text = typeof id === 'number' && Number.isFinite(id) ? String(id) : id
  if (typeof text === 'string' && text !== '' && text.length <= longestId) return text
  const got = typeof text === 'string' && text !== '' ? `one of ${String(text.length)} characters` : describeValue(id)
  throw new ToolError(
    'PLAN_INVALID',
    `Expected audit.${call}(…) to be given an id, a text of at most ${String(longestId)} characters or a number, got ${got}`,
  )
}
