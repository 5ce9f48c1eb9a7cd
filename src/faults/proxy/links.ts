import type { LinkSpec } from '../../model/link-fault.ts'
import type { LinkWindow } from '../../model/sample.ts'
import { Link } from './link.ts'

/** A tenth of a second of a link; `t`: where it begins, in seconds on the clock of the run. */
export type TimedLinkWindow = LinkWindow & { readonly t: number }

const windowMs = 100

export interface LinksOptions {
  /** `process.hrtime.bigint()` at second 0 of the run. */
  readonly startNs: bigint
  /** Told of every tenth of a second in which something crossed. */
  readonly onWindows: (windows: readonly TimedLinkWindow[]) => void
}

/** All links of a run, and the clock by which they tell what crossed. */
export class Links {
  readonly #links = new Map<string, Link>()
  readonly #options: LinksOptions
  #timer: NodeJS.Timeout | undefined
  /** Up to here everything has been told, in tenths of a second. */
  #told: number

  constructor(options: LinksOptions) {
    this.#options = options
    this.#told = Math.floor(this.#nowMs() / windowMs)
    this.#wait()
  }

  async open(spec: LinkSpec): Promise<Link> {
    if (this.#links.has(spec.name)) throw new Error(`the link \`${spec.name}\` is open already`)
    const link = await Link.open(spec)
    this.#links.set(spec.name, link)
    return link
  }

  get(name: string): Link {
    const link = this.#links.get(name)
    if (link === undefined) throw new Error(`the link \`${name}\` is not open`)
    return link
  }

  async shut(name: string): Promise<void> {
    const link = this.get(name)
    this.#tell()
    this.#links.delete(name)
    await link.close()
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#tell()
    await Promise.all([...this.#links.values()].map((link) => link.close()))
    this.#links.clear()
  }

  #nowMs(): number {
    return Number(process.hrtime.bigint() - this.#options.startNs) / 1e6
  }

  #wait(): void {
    const nextMs = (this.#told + 1) * windowMs
    this.#timer = setTimeout(
      () => {
        this.#tell()
        this.#wait()
      },
      Math.max(1, Math.ceil(nextMs - this.#nowMs())),
    )
    this.#timer.unref()
  }

  /** What has crossed since the last time belongs to the tenth that has been going on since then: a late timer makes it longer, not another. */
  #tell(): void {
    const t = this.#told / (1000 / windowMs)
    const windows: TimedLinkWindow[] = []
    for (const link of this.#links.values()) {
      const window = link.window()
      if (window !== undefined) windows.push({ t, ...window })
    }
    this.#told = Math.max(this.#told, Math.floor(this.#nowMs() / windowMs))
    if (windows.length > 0) this.#options.onWindows(windows)
  }
}
