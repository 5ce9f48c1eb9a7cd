/** Where somebody came in. */
export type Door = 'ws' | 'tcp' | 'rest'

/** Who asks: the name after log-in, and the address in any case. */
export interface Caller {
  readonly user?: string | undefined
  readonly address: string
}

export interface Admission {
  readonly allowed: boolean
  /** Of the bucket that is nearest to its end: most it holds, what it has, seconds until it is full again. */
  readonly limit: number
  readonly remaining: number
  readonly resetSec: number
  /** Seconds after which the same would be allowed; 0 when it was. */
  readonly retryAfterSec: number
  /** Every bucket that was asked; none when nothing is limited. */
  readonly policies: readonly RatePolicy[]
  /** Name of the policy that the figures are of. */
  readonly policy: string
}

/** `limit` requests at once, and as many again in each `windowSec`. */
export interface RatePolicy {
  readonly name: 'user' | 'address'
  readonly limit: number
  readonly windowSec: number
}

/** Whoever has a user is counted for the user and for the address, and both must admit. */
export interface RateLimiter {
  take(request: Caller & { readonly cost?: number }): Promise<Admission>
}

/** Addresses with repeated failed log-ins are turned away for a while. Blocks are noted in the audit log and counted without the caller's doing. */
export interface AddressBlock {
  isBlocked(address: string): boolean
  /** Seconds until the address may come back, 0 when it may now. */
  blockedForSec(address: string): number
  failed(address: string, user: string): void
  /** Forgives what failed before for this user from there, and nothing of what was tried on others. */
  succeeded(address: string, user: string): void
}

/** `gap`: so many entries were lost, written by the log itself. */
export type AuditKind =
  | 'registered'
  | 'logged-in'
  | 'log-in-failed'
  | 'log-in-refused'
  | 'blocked'
  | 'admin'
  | 'room-created'
  | 'file-stored'
  | 'file-read'
  | 'pattern'
  | 'gap'

export interface AuditEntry extends Partial<Caller> {
  readonly kind: AuditKind
  readonly detail?: string
}

export interface AuditLog {
  note(entry: AuditEntry): void
  /** All that was noted is in the database. */
  close(): Promise<void>
}

/** Names of the patterns that a text or a log-in looks like; what is found has been noted in the audit log. */
export interface PatternDetector {
  look(text: string, from: Caller): readonly string[]
  /** Asked about log-ins that failed. */
  lookAtLogIn(login: { readonly user: string; readonly password: string; readonly address: string }): readonly string[]
}

export type Refusal = 'rate-limited' | 'blocked' | 'invalid' | 'unauthorized' | 'draining' | 'slow-reader'

/** What can be switched off to see what it costs. */
export type Removable = 'metrics' | 'audit' | 'validation' | 'limiter' | 'patterns'

/** What the server counts of itself. */
export interface Monitor {
  /** By route template and class of status, so that the number of series stays small. */
  request(answered: { readonly method: string; readonly route: string; readonly status: number; readonly ms: number }): void
  connected(door: Door): void
  disconnected(door: Door): void
  messageIn(door: Door): void
  messageOut(door: Door): void
  /** From the arrival of a command until its answer is handed to the socket. */
  command(answered: { readonly door: Door; readonly type: string; readonly isOk: boolean; readonly ms: number }): void
  refused(why: Refusal): void
  logInFailed(): void
  /** Read whenever somebody looks: `chat_NAME`. */
  gauge(name: string, help: string, read: () => number): void
}

/** Somebody who is logged in. */
export interface Identity {
  readonly id: number
  readonly name: string
}

/** What routes ask the core. */
export interface Access<Request> {
  /** Throws `unauthorized` without a valid token. */
  authenticate(request: Request): Identity
  /** Undefined when there is no such room or the user is no member of it: nobody learns which rooms there are. */
  roomOf(user: Identity, room: string): Promise<{ readonly id: number; readonly name: string } | undefined>
}
