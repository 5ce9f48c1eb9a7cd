import type { Conversation, Protocol, ProtocolConnection } from './protocol.ts'

/** Bytes of which the proxy understands nothing: a run of bytes up that follows bytes down is a call, the first byte down after it is its answer. */
export const turns: Protocol = { has: () => false, join }

function join({ up, down, counts }: ProtocolConnection): Conversation {
  let isWaiting = false
  return {
    up: {
      write(chunk) {
        if (!isWaiting) {
          isWaiting = true
          counts.called()
        }
        up.write(chunk)
      },
      end: () => up.end(),
    },
    down: {
      write(chunk) {
        if (isWaiting) {
          isWaiting = false
          counts.answered()
        }
        down.write(chunk)
      },
      end: () => down.end(),
    },
    over() {
      if (isWaiting) counts.failed()
      isWaiting = false
    },
  }
}
