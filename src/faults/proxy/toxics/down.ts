import type { ToxicMaker } from '../toxic.ts'

/** Nobody is there: as when a process has died. */
export const down: ToxicMaker<'down'> = () => ({
  admit: () => 'reset',
  listener: () => 'closed',
  begin(link) {
    link.strike((connection) => connection.reset())
    return () => undefined
  },
})
