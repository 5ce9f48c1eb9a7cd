import type { ToxicMaker } from '../toxic.ts'

/**
 * Between the last bytes and the reset. Readers on libuv (Node's own) that find both at once take the reset for an ordinary end of the stream
 * (`uv__stream_io`, POLLHUP after a partial read), and would not see what they are to be tested with.
 */
const apartMs = 20

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
      const resetIn = (ms: number): void => {
        clearTimeout(timer)
        timer = setTimeout(() => connection.reset(), ms)
      }
      return {
        down: {
          write(chunk) {
            if (left <= 0) return
            if (timer === undefined && afterMs !== undefined) resetIn(afterMs)
            if (chunk.length >= left) resetIn(apartMs)
            down.write(chunk.subarray(0, left))
            left -= chunk.length
          },
          end() {
            if (left > 0) down.end()
          },
          leave() {
            clearTimeout(timer)
            // It has lost bytes, and cannot go on without them.
            if (left < 0) connection.reset()
          },
        },
      }
    },
  }
}
