import type { Direction } from '../../../model/link-fault.ts'
import type { Outlet, Outlets, Stage, Stages } from '../stage.ts'

/** A stage in each direction that is meant. */
export function bothWays(direction: Direction, out: Outlets, make: (out: Outlet) => Stage): Stages {
  return {
    ...(direction === 'down' ? {} : { up: make(out.up) }),
    ...(direction === 'up' ? {} : { down: make(out.down) }),
  }
}
