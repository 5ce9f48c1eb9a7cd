/** An attack of a test, in seconds from the start of its load. */
export interface AttackSpec {
  /** Unique within its test: `bruteForce`, `bruteForce 2`, or the name that the plan gave it. */
  readonly id: string
  readonly atSec: number
  readonly forSec: number
  readonly attack: AttackAction
  readonly target: AttackTarget
  /** Addresses that it comes from, of 127.0.0.0/8; empty: the kernel's choice, for a target that is not on loopback. */
  readonly sources: readonly string[]
  /** Tries a second: log-ins, requests, messages, connections opened. */
  readonly perSec: number
  /** Of an attack that holds connections: how many it wants to hold. */
  readonly connections: number
  /** Answers that say that a source is blocked: statuses, close codes of WebSocket, `closed` (a connection that is refused, or closed without an answer). */
  readonly blocked: readonly string[]
  /** And answers with this text in them. */
  readonly blockedText?: string
  readonly caps: AttackCaps
  /** Rates that it rises through until it denies service, each for this long. */
  readonly search?: AttackSearch
  /** The plan counts what the target's own audit log has of it. */
  readonly hasAuditCount: boolean
}

export interface AttackTarget {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  /** The plan declares to own the host: it may be attacked wherever it is. */
  readonly owned: boolean
}

/** An attack never goes beyond any of these; what it leaves out is counted. */
export interface AttackCaps {
  readonly perSec: number
  readonly sockets: number
  readonly bytes: number
  readonly seconds: number
}

export interface AttackSearch {
  readonly eachSec: number
  /** In their order; the last is the largest that is ever tried. */
  readonly rates: readonly number[]
}

/** Whose names and passwords are tried: the users and the passwords in turn, or as pairs. */
export interface LogInAction {
  readonly kind: 'bruteForce' | 'passwordSpraying' | 'credentialStuffing'
  readonly path: string
  readonly users: readonly string[]
  readonly passwords: readonly string[]
  readonly form: LogInForm
}

export interface LogInForm {
  readonly type: 'json' | 'form'
  readonly userField: string
  readonly passwordField: string
}

export interface UserEnumerationAction {
  readonly kind: 'userEnumeration'
  readonly path: string
  /** Names that exist, and names that do not, each with a wrong password. */
  readonly known: readonly string[]
  readonly unknown: readonly string[]
  readonly form: LogInForm
}

/** What is done over connections that are held. */
export interface HoldAction {
  readonly kind: 'connectionFlood' | 'idleHoarding' | 'slowHeaders' | 'slowBody' | 'slowRead' | 'endlessBody'
  readonly path: string
  /** Between two pieces of what is sent slowly. */
  readonly everyMs: number
  /** Sent at once before it goes slow, or announced as the length of a body. */
  readonly bytes: number
}

export interface HttpFloodAction {
  readonly kind: 'httpFlood'
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Each request asks for something that no cache holds. */
  readonly cacheBuster: boolean
  /** Of the body of a POST. */
  readonly bytes: number
}

export interface OversizeAction {
  readonly kind: 'headerFlood' | 'hugeBody'
  readonly path: string
  /** Header lines, or bytes of the body. */
  readonly amount: number
}

export interface MalformedAction {
  readonly kind: 'malformedHttp' | 'malformedFrames'
  readonly path: string
}

/** Over WebSocket connections, or over TCP ones (lines). */
export interface MessageAction {
  readonly kind: 'messageFlood' | 'joinFlood' | 'pingFlood'
  readonly protocol: 'ws' | 'tcp'
  readonly path: string
  /** Sent once when the connection is open: a log-in, mostly. */
  readonly opening: readonly string[]
  /** Sent in turn; `{n}` is the number of the message. */
  readonly messages: readonly string[]
}

export interface ReconnectAction {
  readonly kind: 'reconnectStorm'
  readonly protocol: 'ws' | 'tcp'
  readonly path: string
}

export type AttackAction =
  | LogInAction
  | UserEnumerationAction
  | HoldAction
  | HttpFloodAction
  | OversizeAction
  | MalformedAction
  | MessageAction
  | ReconnectAction

export type AttackKind = AttackAction['kind']
