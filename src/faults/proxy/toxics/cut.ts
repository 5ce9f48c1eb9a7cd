import type { Outlet, Stage } from '../stage.ts'
import type { ToxicMaker } from '../toxic.ts'

/** A cable that was pulled. Nothing arrives; when it is put back, TCP sends again what was not acknowledged, so that nothing is missing. */
export const cut: ToxicMaker<'cut'> = () => ({
  admit: () => 'hold',
  listener: () => 'unanswered',
  join: (_, { up, down }) => ({ up: holdBack(up), down: holdBack(down) }),
})

function holdBack(out: Outlet): Stage {
  const held: Buffer[] = []
  let hasEnded = false
  return {
    write(chunk) {
      held.push(chunk)
    },
    end() {
      hasEnded = true
    },
    // The kernels keep the rest, as they do for a cable.
    isFull: () => held.length > 0,
    leave() {
      for (const chunk of held.splice(0)) out.write(chunk)
      if (hasEnded) out.end()
    },
  }
}
