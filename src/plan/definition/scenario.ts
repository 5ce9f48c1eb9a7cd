import type { ScenarioContext } from '../../model/scenario-context.ts'

/** What `scenario(…)` returns: the functions of one kind of user. */
export interface Scenario {
  readonly kind: 'scenario'
  readonly start?: (context: ScenarioContext) => unknown
  readonly run: (context: ScenarioContext) => unknown
  readonly stop?: (context: ScenarioContext) => unknown
}

export interface ScenarioOptions<State, Shared> {
  /** Once for each virtual user (closed model) or arrival (open model); what it returns is `vu.state`. */
  start?(context: ScenarioContext<undefined, Shared>): State | Promise<State>
  /** One iteration. */
  run(context: ScenarioContext<State, Shared>): unknown
  /** Once at the end of each user, also when it failed. */
  stop?(context: ScenarioContext<State, Shared>): unknown
}
