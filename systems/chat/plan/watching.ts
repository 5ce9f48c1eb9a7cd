import type { TestOptions } from 'proofload'
import { protectTheMachine } from './stress-tests.ts'

/** No load of its own: what the server needs while nobody is there, or while somebody else drives it: a browser, another tool, the users. */
export const watchingTests = {
  watching: {
    watch: true,
    for: '10m',
    objectives: [
      'target.cpu < 70%',
      'target.memory < 400MB',
      'app.chat_messages_waiting < 2500 over 3s',
      'db.connections.active < 20 over 5s',
      'alerts = ok',
    ],
    stopWhen: protectTheMachine,
    quick: { for: '5s' },
  },
} satisfies Readonly<Record<string, TestOptions>>
