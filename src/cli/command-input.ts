/** What a command gets: its arguments, and its options by camel-case name, as commander parsed them. */
export interface CommandInput {
  readonly args: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
}

/** Gives the exit status. */
export type CommandModule = (input: CommandInput) => Promise<number>
