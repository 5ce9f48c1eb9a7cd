import type { Outlet, Stage } from '../stage.ts'
import type { ToxicMaker } from '../toxic.ts'

export const slowClose: ToxicMaker<'slow-close'> = ({ delayMs }) => ({
  meetsAtEnd: true,
  join: (_, { up, down }) => ({ up: late(up, delayMs), down: late(down, delayMs) }),
})

function late(out: Outlet, delayMs: number): Stage {
  let waiting: NodeJS.Timeout | undefined
  return {
    write: (chunk) => out.write(chunk),
    end() {
      waiting = setTimeout(() => {
        waiting = undefined
        out.end()
      }, delayMs)
    },
    leave() {
      if (waiting === undefined) return
      clearTimeout(waiting)
      waiting = undefined
      out.end()
    },
  }
}
