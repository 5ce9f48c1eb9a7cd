/** One of the configurations that a test is made under, in one round: a test of its own, with the target started afresh. */
export interface VariantSpec {
  /** The test as the plan has it. */
  readonly of: string
  readonly name: string
  /** From 1; rounds follow each other, so that what the machine does meanwhile meets all variants. */
  readonly round: number
  readonly rounds: number
  /** Laid over the environment of the target. */
  readonly env: Readonly<Record<string, string>>
}
