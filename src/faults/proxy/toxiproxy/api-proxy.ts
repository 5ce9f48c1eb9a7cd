import { Link } from '../link.ts'
import type { HostPort } from './address.ts'
import { formatAddress } from './address.ts'
import { ApiError, notFound } from './api-error.ts'
import type { Attributes, Stream } from './toxic-kinds.ts'
import { toxicKinds } from './toxic-kinds.ts'

export interface ApiToxic {
  readonly name: string
  readonly type: string
  readonly stream: Stream
  readonly toxicity: number
  readonly attributes: Attributes
}

/** No toxic of Toxiproxy has this name: that of its proxy while it is not enabled. */
const disabled = ' disabled'

/** A proxy of Toxiproxy's: one of our links, with its toxics in its words. */
export class ApiProxy {
  readonly name: string
  readonly #toxics = new Map<string, ApiToxic>()
  #link: Link
  #upstream: HostPort
  #isEnabled = true

  private constructor(name: string, upstream: HostPort, link: Link) {
    this.name = name
    this.#upstream = upstream
    this.#link = link
  }

  static async open(name: string, listen: HostPort, upstream: HostPort): Promise<ApiProxy> {
    return new ApiProxy(name, upstream, await openLink(name, listen, upstream))
  }

  get listen(): HostPort {
    return this.#link.address
  }

  get upstream(): HostPort {
    return this.#upstream
  }

  get toxics(): readonly ApiToxic[] {
    return [...this.#toxics.values()]
  }

  toJSON(): object {
    return {
      name: this.name,
      listen: formatAddress(this.listen),
      upstream: formatAddress(this.#upstream),
      enabled: this.#isEnabled,
      toxics: this.toxics,
    }
  }

  toxic(name: string): ApiToxic {
    const toxic = this.#toxics.get(name)
    if (toxic === undefined) throw notFound('toxic')
    return toxic
  }

  /** Another address means other connections: those that are open are reset. */
  async move(listen: HostPort, upstream: HostPort): Promise<void> {
    const now = this.listen
    const isSame = listen.host === now.host && (listen.port === now.port || listen.port === 0)
    if (isSame && upstream.host === this.#upstream.host && upstream.port === this.#upstream.port) return
    await this.#link.close()
    this.#link = await openLink(this.name, isSame ? now : listen, upstream)
    this.#upstream = upstream
    for (const toxic of this.#toxics.values()) await this.#lay(toxic)
    if (!this.#isEnabled) await this.#disable()
  }

  async enable(isEnabled: boolean): Promise<void> {
    if (isEnabled === this.#isEnabled) return
    this.#isEnabled = isEnabled
    if (isEnabled) await this.#link.remove(disabled)
    else await this.#disable()
  }

  /** Adds it, or changes one of this name. */
  async put(toxic: ApiToxic): Promise<void> {
    this.#toxics.set(toxic.name, toxic)
    await this.#lay(toxic)
  }

  async remove(name: string): Promise<void> {
    this.toxic(name)
    this.#toxics.delete(name)
    await this.#link.remove(name)
  }

  close(): Promise<void> {
    return this.#link.close()
  }

  #lay({ name, type, stream, toxicity, attributes }: ApiToxic): Promise<void> {
    const kind = toxicKinds[type]
    if (kind === undefined) throw new ApiError(400, 'invalid toxic type')
    const scope = toxicity < 1 ? { scope: { share: toxicity } } : {}
    // Toxiproxy draws anew each time: so does this, by the clock.
    const laying = { id: name, seed: Date.now() | 0, lifeMs: Infinity, ...scope }
    return this.#link.lay(laying, (random) => kind.make(attributes, stream, random))
  }

  #disable(): Promise<void> {
    return this.#link.add({ id: disabled, action: { kind: 'down', on: this.name }, seed: 0, lifeMs: Infinity })
  }
}

async function openLink(name: string, listen: HostPort, upstream: HostPort): Promise<Link> {
  try {
    return await Link.open({ name, protocol: 'tcp', upstream }, listen)
  } catch (thrown) {
    throw new ApiError(500, thrown instanceof Error ? thrown.message : String(thrown))
  }
}
