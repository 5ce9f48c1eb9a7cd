import { attack } from './attacks/index.ts'
import { csv, env, json, metric, plan, probe, scenario, service } from './builders.ts'
import { fault } from './faults/index.ts'

/** What a bundled plan gets for `import … from 'proofload'`: the same functions, in the same copy of this module, that collect its declarations. */
export const planDoor = { attack, csv, env, fault, json, metric, plan, probe, scenario, service }

/** Where the bundle finds it: a bundle holds no path of this machine, so that its hash is the same everywhere. */
export const planDoorKey = 'proofload.plan-door'

export function openPlanDoor(): void {
  Reflect.set(globalThis, Symbol.for(planDoorKey), planDoor)
}
