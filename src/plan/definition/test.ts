import type { AttackEntry } from './attack.ts'
import type { FaultEntry, NemesisOptions } from './fault.ts'
import type { ArrivalsOptions, CapacityOptions, SideLoadOptions, StepsOptions, UsersOptions } from './load.ts'
import type { EnvironmentOptions, LimitsOptions } from './target.ts'
import type { Duration } from './units.ts'

export type ObjectiveList = readonly string[] | { readonly extend: readonly string[] }

/** Everything a test can say; `quick` can replace any of it. */
export interface TestKeys<Scenarios extends string = string> {
  /** What `--suite` selects; default `load`, with `watch` `performance`. In suite `stress` the target starts afresh for each test. */
  readonly suite?: string
  /** Closed model: this many users, each starting its next iteration when the last one ends. */
  readonly users?: UsersOptions
  /** Open model: users that arrive whether the target keeps up or not. */
  readonly arrivals?: ArrivalsOptions
  readonly steps?: StepsOptions
  /** This many iterations, shared by `users`, as fast as they can; `for` (default `'10m'`) limits the time. */
  readonly iterations?: number
  /** A file of times to replay, one a line: seconds from the start, or dates. */
  readonly trace?: string
  /** No load, only look. */
  readonly watch?: true
  /** Scenarios side by side, each with a load of its own. */
  readonly load?: { readonly [Name in Scenarios]?: SideLoadOptions }
  /** Searches the highest load under which the objectives hold; the search decides how long it lasts. */
  readonly capacity?: CapacityOptions
  /** Loads to hold once the capacity is known, as multiples of it: `[1.25, 1.5, 2, 3, 5]`. */
  readonly overload?: readonly number[]
  /** Length of each of them; default `'15s'`, or `minTrial` where that is longer. */
  readonly overloadFor?: Duration
  /** The greatest load that you expect, `'300/s'` or users: gives the headroom. */
  readonly peak?: string | number
  /** Limits on the target in this test, instead of those of `target`. */
  readonly limits?: LimitsOptions
  readonly faults?: readonly FaultEntry[]
  /** What attacks the target beside the load, which is the population of legitimate users. */
  readonly attacks?: readonly AttackEntry[]
  /** Faults again and again, drawn by the seed of the run. */
  readonly nemesis?: NemesisOptions
  /** Length of the load, where stages do not give it. The warm-up is part of it. */
  readonly for?: Duration
  /** The first part of the load, left out of the judged numbers. */
  readonly warmup?: Duration
  /** How long running iterations may go on after the load ends; default `'10s'`. */
  readonly gracefulStop?: Duration
  /** Replaces the plan's list; `{ extend: […] }` adds to it. */
  readonly objectives?: ObjectiveList
  readonly stopWhen?: ObjectiveList
  /** Start the target afresh for this test; default: true in suite `stress`. */
  readonly fresh?: boolean
  /** Begin with the data as `setup` has left it: its databases are made anew, and the target is started afresh. */
  readonly isolate?: boolean
  /** Most users at once of an open load; default 10,000. */
  readonly maxUsers?: number
  /** Only these scenarios. */
  readonly scenarios?: readonly Scenarios[]
  /** Shares, instead of the plan's. */
  readonly mix?: { readonly [Name in Scenarios]?: number }
  /** Configurations to compare: the test is made under each, with the target started afresh; the first one is what the others are compared with. */
  readonly variants?: Readonly<Record<string, VariantOptions>>
  /** Rounds over all variants, every other one backwards; default 2, with two variants 3. One round tells no difference from the machine's noise. */
  readonly repeat?: number
}

export interface VariantOptions {
  /** Laid over the environment of the target. */
  readonly env?: EnvironmentOptions
}

export interface TestOptions<Scenarios extends string = string> extends TestKeys<Scenarios> {
  /** What `--quick` changes. */
  readonly quick?: TestKeys<Scenarios>
}
