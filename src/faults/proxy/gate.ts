import type { Outlet, Stage, Stages } from './stage.ts'

/** Lets only those connections through a toxic's stages that meet it, which is asked when their first bytes come (or, of toxics of the end, when that comes). */
export function gated(stages: Stages, out: Required<Record<keyof Stages, Outlet>>, meets: () => boolean, atEnd: boolean): Stages {
  const gate = (stage: Stage, past: Outlet): Stage => ({
    write(chunk) {
      const on = atEnd || meets() ? stage : past
      on.write(chunk)
    },
    end() {
      const on = meets() ? stage : past
      on.end()
    },
    ...(stage.leave === undefined ? {} : { leave: () => stage.leave?.() }),
    ...(stage.isFull === undefined ? {} : { isFull: () => stage.isFull?.() === true }),
  })
  return {
    ...(stages.up === undefined ? {} : { up: gate(stages.up, out.up) }),
    ...(stages.down === undefined ? {} : { down: gate(stages.down, out.down) }),
  }
}
