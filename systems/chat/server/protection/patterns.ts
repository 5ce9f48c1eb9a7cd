import { createHmac, randomBytes } from 'node:crypto'
import type { AuditLog, Caller, PatternDetector } from './contract.ts'
import { badPayloads } from './bad-payloads.ts'
import { RecentSets } from './recent-sets.ts'

export interface PatternOptions {
  readonly audit: Pick<AuditLog, 'note'>
  /** The same text so often within the window, from one user or address. */
  readonly sameText?: number
  /** Failed log-ins of so many users from one address, or with one password, within the window. */
  readonly sprayedUsers?: number
  readonly windowSec?: number
  readonly nowMs?: () => number
}

/** A message that is only a word or a sign may be said often. */
const shortestFlood = 8

/** Looks at what comes in for what attacks look like. It only notes: what a limit forbids is the limiter's to refuse. */
export class Patterns implements PatternDetector {
  readonly #audit: Pick<AuditLog, 'note'>
  readonly #sameText: number
  readonly #sprayedUsers: number
  /** Passwords are known by a hash with a key that nobody else has, and for a minute only. */
  readonly #key = randomBytes(32)
  readonly #texts: RecentSets
  readonly #usersOfAddress: RecentSets
  readonly #usersOfPassword: RecentSets
  /** A pattern of one caller is noted once a window: an attack must not flood the audit log either. */
  readonly #noted: RecentSets
  #said = 0

  constructor({ audit, sameText = 20, sprayedUsers = 10, windowSec = 60, nowMs = () => performance.now() }: PatternOptions) {
    this.#audit = audit
    this.#sameText = sameText
    this.#sprayedUsers = sprayedUsers
    const sets = (most: number): RecentSets => new RecentSets({ windowMs: windowSec * 1_000, most, nowMs })
    this.#texts = sets(sameText)
    this.#usersOfAddress = sets(sprayedUsers)
    this.#usersOfPassword = sets(sprayedUsers)
    this.#noted = sets(1)
  }

  look(text: string, from: Caller): readonly string[] {
    const found = badPayloads(text)
    if (this.#isFlood(text, from)) found.push('same-text')
    this.#noteAll(found, from, text)
    return found
  }

  lookAtLogIn({ user, password, address }: { readonly user: string; readonly password: string; readonly address: string }) {
    const found: string[] = []
    if (this.#usersOfAddress.add(address, user) >= this.#sprayedUsers) found.push('many-users-of-one-address')
    if (this.#usersOfPassword.add(this.#hash(password), user) >= this.#sprayedUsers) found.push('one-password-on-many-users')
    this.#noteAll(found, { address }, user)
    return found
  }

  #isFlood(text: string, { user, address }: Caller): boolean {
    if (text.length < shortestFlood) return false
    // Each time counts, so each is another member of the set of its text.
    return this.#texts.add(`${user ?? address}\n${this.#hash(text)}`, String(this.#said++)) >= this.#sameText
  }

  #hash(secret: string): string {
    return createHmac('sha256', this.#key).update(secret).digest('base64')
  }

  #noteAll(found: readonly string[], from: Caller, text: string): void {
    for (const pattern of found) {
      if (!this.#noted.isNew(`${pattern}\n${from.user ?? ''}\n${from.address}`)) continue
      this.#audit.note({ kind: 'pattern', ...from, detail: `${pattern}: ${text.slice(0, 80)}` })
    }
  }
}

/** To measure what looking costs. */
export const noPatterns: PatternDetector = { look: () => [], lookAtLogIn: () => [] }
