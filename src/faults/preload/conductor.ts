import type { Socket } from 'node:net'
import type { Effect } from './effects/effect.ts'
import { beginEffect } from './effects/registry.ts'
import type { PreloadAnswer, PreloadRequest } from './messages.ts'
import { lineReader } from './messages.ts'

/** In the target's process: does what it is asked for, and undoes all of it when the connection breaks. */
export function conduct(socket: Socket, first: string): void {
  const effects = new Map<string, { readonly effect: Effect; readonly life: NodeJS.Timeout }>()
  const end = (id: string): void => {
    const begun = effects.get(id)
    if (begun === undefined) return
    effects.delete(id)
    clearTimeout(begun.life)
    begun.effect.end()
  }
  const look = async (id: string): Promise<Omit<PreloadAnswer, 'request'>> =>
    (await effects.get(id)?.effect.look()) ?? { active: false, evidence: 'nothing of it is here' }
  const act = async (request: PreloadRequest): Promise<Omit<PreloadAnswer, 'request'>> => {
    if (request.kind === 'look') return look(request.id)
    end(request.id)
    if (request.kind === 'begin') {
      const life = setTimeout(() => end(request.id), request.lifeMs)
      life.unref()
      effects.set(request.id, { effect: beginEffect(request.action), life })
    }
    return { active: request.kind === 'begin', evidence: '' }
  }
  const onLine = (line: string): void => {
    const request = JSON.parse(line) as PreloadRequest // written by `preload-host.ts` of the same version
    const answer = (told: Omit<PreloadAnswer, 'request'>): void => {
      if (socket.writable) socket.write(`${JSON.stringify({ request: request.request, ...told })}\n`)
    }
    act(request).then(answer, (thrown: unknown) => answer({ active: false, evidence: String(thrown) }))
  }
  const read = lineReader(onLine)
  socket.on('close', () => {
    for (const id of [...effects.keys()]) end(id)
  })
  socket.on('data', (text) => read(String(text)))
  read(first)
  socket.resume()
}
