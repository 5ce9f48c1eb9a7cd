import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import type { Effect } from './effect.ts'

/** What is done to a look-up: nothing (`''`) after a while, or an error at once. */
type Spell = () => { readonly delayMs: number; readonly code: string }

const spells = new Set<Spell>()
const own = { lookup: dns.lookup, promised: dns.promises.lookup }
const somewhere = 'localhost'

export function slowDns({ delayMs }: { readonly delayMs: number }): Effect {
  return cast(() => ({ delayMs, code: '' }))
}

export function failDns({ code }: { readonly code: string }): Effect {
  return cast(() => ({ delayMs: 0, code }))
}

/** `net`, `http`, `fetch` and the drivers look names up by `dns.lookup`, each time anew; addresses in numbers are not looked up. */
function cast(spell: Spell): Effect {
  spells.add(spell)
  if (spells.size === 1) patch()
  return {
    async look() {
      const startMs = performance.now()
      const failure = await dns.promises.lookup(somewhere).then(() => '', codeOf)
      const tookMs = performance.now() - startMs
      const { delayMs, code } = spell()
      const outcome = failure === '' ? 'answered' : `failed with ${failure}`
      const evidence = `a look-up of ${somewhere} ${outcome} after ${Math.round(tookMs)} ms`
      return { active: code === '' ? tookMs >= 0.95 * delayMs : failure === code, evidence }
    },
    end() {
      spells.delete(spell)
      if (spells.size === 0) restore()
    },
  }
}

function patch(): void {
  const lookup = (hostname: string, ...rest: unknown[]): void => {
    const callback = rest.at(-1)
    const go = (): unknown => Reflect.apply(own.lookup, dns, [hostname, ...rest])
    under(hostname, go, (error) => {
      if (typeof callback === 'function') Reflect.apply(callback, undefined, [error])
    })
  }
  const promised = (hostname: string, ...rest: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      under(hostname, () => resolve(Reflect.apply(own.promised, dns.promises, [hostname, ...rest])), reject)
    })
  // Callers of `util.promisify(dns.lookup)` get the address with its family.
  Object.assign(lookup, { [promisify]: promised })
  set(lookup as typeof dns.lookup, promised as typeof dns.promises.lookup) // the same arguments are handed on
}

const promisify = Symbol.for('nodejs.util.promisify.custom')

function under(hostname: string, go: () => void, fail: (error: Error) => void): void {
  let delayMs = 0
  let code = ''
  for (const spell of spells) {
    const now = spell()
    delayMs += now.delayMs
    code ||= now.code
  }
  setTimeout(() => (code === '' ? go() : fail(failed(hostname, code))), delayMs)
}

/** As Node.js words it. */
function failed(hostname: string, code: string): Error {
  return Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), { code, errno: -3008, syscall: 'getaddrinfo', hostname })
}

function restore(): void {
  set(own.lookup, own.promised)
}

function set(lookup: typeof dns.lookup, promised: typeof dns.promises.lookup): void {
  dns.lookup = lookup
  dns.promises.lookup = promised
  // For those who import the function by its name.
  syncBuiltinESMExports()
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown)
}
