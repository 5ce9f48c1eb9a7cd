import type {
  Attack,
  AttackOptions,
  BodyOptions,
  BruteForceOptions,
  CredentialStuffingOptions,
  HeaderFloodOptions,
  HoldOptions,
  HttpFloodOptions,
  HugeBodyOptions,
  MessageFloodOptions,
  PasswordSprayingOptions,
  UserEnumerationOptions,
} from '../definition/index.ts'

// A builder only names the attack and carries what was given; `read-….ts` read it, and say what is wrong.

/** Attacks on the target of the plan, from many source addresses: only on loopback and private addresses, unless the plan lists the host in `iOwn`. */
export const attack = {
  /** Many passwords for one user. */
  bruteForce: (options: BruteForceOptions = {}) => made('bruteForce', options),
  /** A few passwords for many users, so that no user sees many failures. */
  passwordSpraying: (options: PasswordSprayingOptions = {}) => made('passwordSpraying', options),
  /** Pairs of names and passwords, as they leak elsewhere. */
  credentialStuffing: (options: CredentialStuffingOptions = {}) => made('credentialStuffing', options),
  /** Whether the time of a refused log-in tells if the user exists. */
  userEnumeration: (options: UserEnumerationOptions) => made('userEnumeration', options),
  /** Connections on which nothing is said. */
  connectionFlood: (options: AttackOptions = {}) => made('connectionFlood', options),
  /** One good request on each connection, which then is kept and never used again. */
  idleHoarding: (options: AttackOptions = {}) => made('idleHoarding', options),
  /** Heads of requests that never end. */
  slowHeaders: (options: HoldOptions = {}) => made('slowHeaders', options),
  /** Bodies that are announced and come byte by byte. */
  slowBody: (options: BodyOptions = {}) => made('slowBody', options),
  /** Answers that are asked for and never read. */
  slowRead: (options: HoldOptions = {}) => made('slowRead', options),
  /** Bodies without an end. */
  endlessBody: (options: BodyOptions = {}) => made('endlessBody', options),
  /** Requests with very many header lines. */
  headerFlood: (options: HeaderFloodOptions = {}) => made('headerFlood', options),
  /** Requests with a very large body. */
  hugeBody: (options: HugeBodyOptions = {}) => made('hugeBody', options),
  /** What is no HTTP, or wrong HTTP. */
  malformedHttp: (options: AttackOptions = {}) => made('malformedHttp', options),
  /** Requests over kept connections, without waiting for the answers. */
  httpFlood: (options: HttpFloodOptions = {}) => made('httpFlood', options),
  /** WebSocket frames that the protocol forbids. */
  malformedFrames: (options: AttackOptions = {}) => made('malformedFrames', options),
  /** Messages over WebSocket or TCP connections. */
  messageFlood: (options: MessageFloodOptions) => made('messageFlood', options),
  /** Messages that join something, again and again. */
  joinFlood: (options: MessageFloodOptions) => made('joinFlood', options),
  /** WebSocket pings. */
  pingFlood: (options: MessageFloodOptions = {}) => made('pingFlood', options),
  /** Connections that are opened and closed at once, as after an outage. */
  reconnectStorm: (options: AttackOptions = {}) => made('reconnectStorm', options),
}

function made(name: string, options: object): Attack {
  return { ...options, kind: 'attack', attack: name }
}
