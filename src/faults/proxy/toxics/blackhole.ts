import type { Outlet, ProxiedConnection, Stage } from '../stage.ts'
import type { ToxicMaker } from '../toxic.ts'

/** Bytes vanish. TCP knows no stream with a hole in it: a connection that has lost bytes is reset when the toxic goes. */
export const blackhole: ToxicMaker<'blackhole'> = ({ direction }) => ({
  join: (connection, out) => ({ [direction]: swallow(connection, out[direction]) }),
})

function swallow(connection: ProxiedConnection, out: Outlet): Stage {
  let hasLost = false
  let hasEnded = false
  return {
    write() {
      hasLost = true
    },
    end() {
      hasEnded = true
    },
    leave() {
      if (hasLost) connection.reset()
      else if (hasEnded) out.end()
    },
  }
}
