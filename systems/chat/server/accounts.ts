import { ChatError } from './errors.ts'
import { AtOnce } from './protection/at-once.ts'
import type { Passwords } from './passwords.ts'
import type { Identity } from './protection/contract.ts'
import type { Protections } from './protections.ts'
import type { UserStore } from './store.ts'
import type { Tokens } from './tokens.ts'

export interface Credentials {
  readonly name: string
  readonly password: string
  readonly address: string
}

export interface LoggedIn {
  readonly token: string
  readonly user: Identity
}

export interface AccountsOptions {
  readonly store: UserStore
  readonly passwords: Passwords
  readonly tokens: Tokens
  readonly protections: Protections
}

/** Of one address at the same moment, at 40 ms of a core each: guessing must not keep others from logging in. */
const mostHashes = 12

/** Registration and log-in. */
export class Accounts {
  readonly #options: AccountsOptions
  readonly #hashing = new AtOnce(mostHashes)

  constructor(options: AccountsOptions) {
    this.#options = options
  }

  async register({ name, password, address }: Credentials): Promise<LoggedIn> {
    const { store, passwords, tokens, protections } = this.#options
    const user = await store.addUser(name, await this.#hashing.run(address, () => passwords.hash(password)))
    if (user === undefined) throw new ChatError('conflict', `The name "${name}" is taken.`)
    protections.audit.note({ kind: 'registered', user: name, address })
    return { token: tokens.issue(user), user }
  }

  async logIn({ name, password, address }: Credentials): Promise<LoggedIn> {
    const { store, tokens, protections } = this.#options
    const { audit, block, monitor, patterns } = protections
    const found = await store.findUser(name)
    const isRight = await this.#isRight(password, found?.passwordHash, { user: name, address })
    // Others may have failed from this address while the hash was computed: a guess that comes late must not be answered.
    this.refuseBlocked(address)
    if (found === undefined || !isRight) {
      audit.note({ kind: 'log-in-failed', user: name, address })
      block.failed(address, name)
      monitor.logInFailed()
      patterns.lookAtLogIn({ user: name, password, address })
      throw new ChatError('unauthorized', 'Wrong name or password.')
    }
    block.succeeded(address, name)
    audit.note({ kind: 'logged-in', user: name, address })
    const user = { id: found.id, name: found.name }
    return { token: tokens.issue(user), user }
  }

  /** Whom nobody had time for has guessed all the same, and the audit log says so. */
  async #isRight(password: string, hash: string | undefined, from: { readonly user: string; readonly address: string }) {
    const { passwords, protections } = this.#options
    try {
      return await this.#hashing.run(from.address, () => passwords.verify(password, hash))
    } catch (error) {
      protections.audit.note({ kind: 'log-in-refused', ...from })
      throw error
    }
  }

  refuseBlocked(address: string): void {
    const { block, monitor } = this.#options.protections
    if (!block.isBlocked(address)) return
    monitor.refused('blocked')
    throw new ChatError('blocked', 'Too many failed log-ins from this address.', { retryAfterSec: block.blockedForSec(address) })
  }
}
