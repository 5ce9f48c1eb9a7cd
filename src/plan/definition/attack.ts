import type { Bytes, Duration, Rate } from './units.ts'

/** What `attack.…(…)` returns. */
export interface Attack {
  readonly kind: 'attack'
  readonly attack: string
}

/** Of every attack. */
export interface AttackOptions {
  /** Where it goes, such as `'tcp://127.0.0.1:7000'`; default: the target's `url`. A path of it is the attack's path. */
  readonly to?: string
  /** Tries a second: log-ins, requests, messages, connections opened. */
  readonly rate?: Rate
  /** How many source addresses of 127.0.0.0/8 it comes from; default 20. One where the target is not on loopback. */
  readonly sources?: number
  /** Of attacks that hold connections: how many; default 200, of floods of messages and requests 20. */
  readonly connections?: number
  /** Answers that say that a source is blocked: statuses, close codes of WebSocket, and `'closed'` for a connection that is refused or closed without an answer. */
  readonly blocked?: readonly (number | 'closed')[]
  /** And answers with this text in them. */
  readonly blockedText?: string
  readonly path?: string
}

export interface LogInOptions extends AttackOptions {
  /** How user and password are sent; default `json`. */
  readonly body?: 'json' | 'form'
  /** Default `user`. */
  readonly userField?: string
  /** Default `password`. */
  readonly passwordField?: string
}

export interface BruteForceOptions extends LogInOptions {
  /** Default `admin`. */
  readonly user?: string
  /** Passwords, or how many wrong ones are made up; default 1000. */
  readonly passwords?: number | readonly string[]
}

export interface PasswordSprayingOptions extends LogInOptions {
  /** Names, or how many are made up; default 100. */
  readonly users?: number | readonly string[]
  readonly passwords?: number | readonly string[]
}

export interface CredentialStuffingOptions extends LogInOptions {
  /** Pairs of a name and a password, or how many are made up; default 1000. */
  readonly credentials?: number | readonly (readonly [user: string, password: string])[]
}

export interface UserEnumerationOptions extends LogInOptions {
  /** Names that exist. */
  readonly known: readonly string[]
  /** Names that do not, or how many are made up; default 50. */
  readonly unknown?: number | readonly string[]
}

export interface HoldOptions extends AttackOptions {
  /** Between two pieces of what is sent slowly. */
  readonly every?: Duration
}

export interface BodyOptions extends HoldOptions {
  /** Announced length of a slow body, or the size of a chunk of an endless one. */
  readonly bytes?: Bytes
}

export interface HttpFloodOptions extends AttackOptions {
  /** Default `GET`. */
  readonly method?: 'GET' | 'POST'
  /** Each request asks for something that no cache holds. */
  readonly cacheBuster?: boolean
  /** Of the body of a POST; default `'1kB'`. */
  readonly bytes?: Bytes
}

export interface HeaderFloodOptions extends AttackOptions {
  /** Header lines of a request; default 1000. */
  readonly headers?: number
}

export interface HugeBodyOptions extends AttackOptions {
  /** Default `'5MB'`. */
  readonly bytes?: Bytes
}

export interface MessageFloodOptions extends AttackOptions {
  /** Sent once on each connection: a log-in, mostly. `{n}` is the number of the connection. */
  readonly opening?: readonly string[]
  /** Sent in turn; `{n}` is the number of the message. */
  readonly messages?: readonly string[]
}

export interface AttackCapsOptions {
  /** Default `'500/s'`, at most `'5000/s'`. */
  readonly rate?: Rate
  /** Default 1000, at most 10,000. */
  readonly sockets?: number
  /** Sent in all; default `'100MB'`, at most `'1GB'`. */
  readonly bytes?: Bytes
  /** Default `'2m'`, at most `'10m'`. */
  readonly time?: Duration
}

export interface AttackEntry {
  /** From the start of the load. */
  readonly at: Duration
  readonly for: Duration
  readonly attack: Attack
  /** Its id in objectives and reports; default: the kind of the attack. */
  readonly name?: string
  /** An attack never goes beyond them. */
  readonly caps?: AttackCapsOptions
  /** The rate rises in steps until service is denied: doubled every `each` (default `'5s'`) from `rate` up to the cap. */
  readonly search?: true | { readonly each?: Duration }
}
