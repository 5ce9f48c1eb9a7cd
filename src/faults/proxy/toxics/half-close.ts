import type { ToxicMaker } from '../toxic.ts'

/** After the first bytes of an answer the caller hears that there is no more; what it sends still arrives. */
export const halfClose: ToxicMaker<'half-close'> = () => ({
  join(_, { down }) {
    let isDone = false
    return {
      down: {
        write(chunk) {
          if (isDone) return
          isDone = true
          down.write(chunk)
          down.end()
        },
        end() {
          if (!isDone) down.end()
          isDone = true
        },
      },
    }
  },
})
