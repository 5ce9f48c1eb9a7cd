import type { ToxicMaker } from '../toxic.ts'

/** At once; or each connection after so many bytes of answer, or so long after its first byte. */
export const reset: ToxicMaker<'reset'> = ({ afterBytes, afterMs }) => {
  if (afterBytes === undefined && afterMs === undefined)
    return {
      admit: () => 'reset',
      begin(link) {
        link.strike((connection) => connection.reset())
        return () => undefined
      },
    }
  return {
    join(connection, { down }) {
      let left = afterBytes ?? Infinity
      let timer: NodeJS.Timeout | undefined
      return {
        down: {
          write(chunk) {
            timer ??= afterMs === undefined ? undefined : setTimeout(() => connection.reset(), afterMs)
            if (left > 0) down.write(chunk.subarray(0, left))
            left -= chunk.length
            // What was written is with the kernel of the reader before the reset is, unless the reader is slow.
            if (left <= 0) connection.reset()
          },
          end: () => down.end(),
          leave: () => clearTimeout(timer),
        },
      }
    },
  }
}
