import type { ToxicMaker } from '../toxic.ts'

export const limitBytes: ToxicMaker<'limit-bytes'> = ({ bytes }) => ({
  join(connection, { down }) {
    let left = bytes
    return {
      down: {
        write(chunk) {
          if (left > 0) down.write(chunk.subarray(0, left))
          left -= chunk.length
          if (left <= 0) connection.close()
        },
        end: () => down.end(),
      },
    }
  },
})
