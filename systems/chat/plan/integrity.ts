import type { AuditHookContext } from 'proofload'
import { bearer, type Shared } from './chatting.ts'

const pageLength = 200
/** Messages of earlier tests were looked at then. */
const lastRead = new Map<string, number>()

/** Every message that was kept since the last look, of every room. */
export async function readTheRooms({ http, audit, shared }: Pick<AuditHookContext, 'http' | 'audit' | 'shared'>): Promise<void> {
  const { tokens } = shared as Shared // what `setup` of the plan returned
  const headers = bearer(tokens[0] ?? '')
  for (let number = 1; number <= 50; number += 1) {
    const room = `room${number}`
    await http.post(`/rooms/${room}/members`, { headers })
    for (;;) {
      const query = { after: lastRead.get(room) ?? 0, limit: pageLength }
      const answer = await http.get(`/rooms/${room}/messages`, { headers, query })
      if (!answer.ok) throw new Error(`The messages of ${room} cannot be read: ${answer.failureMessage ?? answer.status}`)
      const messages = answer.json<{ seq: number; text: string }[]>()
      await audit.read(messages.flatMap(({ text }) => /^kept [0-9a-f-]{36}/.exec(text) ?? []))
      const numbers = messages.map(({ seq }) => seq)
      audit.invariant(
        'the messages of a room are numbered without a gap',
        numbers.every((seq, index) => seq === query.after + index + 1),
      )
      lastRead.set(room, numbers.at(-1) ?? query.after)
      if (messages.length < pageLength) break
    }
  }
}
