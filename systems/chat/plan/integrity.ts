import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditHookContext, HttpResponse } from 'proofload'
import { bearer, type Shared } from './chatting.ts'

const pageLength = 200
/** Messages of earlier tests were looked at then. */
const lastRead = new Map<string, number>()

type Reader = Pick<AuditHookContext, 'http' | 'audit' | 'shared' | 'signal'>

/** Every message that was kept since the last look, of every room. */
export async function readTheRooms({ http, audit, shared, signal }: Reader): Promise<void> {
  const { tokens } = shared as Shared // what `setup` of the plan returned
  for (let number = 1; number <= 50; number += 1) {
    const room = `room${number}`
    // By somebody else each: two hundred requests of one user in a second are more than the limit of users allows.
    const headers = bearer(tokens[number % tokens.length] ?? '')
    await patiently(() => http.post(`/rooms/${room}/members`, { headers }), signal)
    for (;;) {
      const query = { after: lastRead.get(room) ?? 0, limit: pageLength }
      const answer = await patiently(() => http.get(`/rooms/${room}/messages`, { headers, query }), signal)
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

const mostTries = 10

/** Who is told to come back later does so: the load may have used up what this user may ask for. */
async function patiently(ask: () => Promise<HttpResponse>, signal: AbortSignal): Promise<HttpResponse> {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask()
    if (answer.status !== 429 || tries === mostTries) return answer
    await sleep(1_000 * Number(answer.headers['retry-after'] ?? 1), undefined, { signal })
  }
}
