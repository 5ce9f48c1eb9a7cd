import type { ToxicMaker } from '../toxic.ts'

/** Down first, then up, in turn. */
export const flap: ToxicMaker<'flap'> = ({ upMs, downMs }) => {
  let isDown = true
  return {
    admit: () => (isDown ? 'reset' : 'pass'),
    listener: () => (isDown ? 'closed' : 'open'),
    begin(link) {
      let timer: NodeJS.Timeout
      const turn = (): void => {
        link.changed()
        if (isDown) link.strike((connection) => connection.reset())
        timer = setTimeout(
          () => {
            isDown = !isDown
            turn()
          },
          isDown ? downMs : upMs,
        )
      }
      turn()
      return () => clearTimeout(timer)
    },
  }
}
