import { connect, type Socket } from 'node:net'
import { scenario, type ScenarioContext } from 'proofload'
import {
  adminPassword,
  ask,
  bearer,
  enter,
  isAnswer,
  isEnding,
  outcomeOf,
  roomFor,
  tcpPort,
  tokenOf,
  type Line,
  type Shared,
} from './chatting.ts'

/** A user who stays: the line of the moment, which may have to be opened again. */
interface Guest {
  readonly room: string
  line: Line | undefined
}

type GuestContext = ScenarioContext<Guest, Shared>

const attachment = 'One line of a picture, repeated.\n'.repeat(256)

/** People who chat: most of the time they read, now and then they say something. */
const chatOver = (over: 'ws' | 'tcp') =>
  scenario<Guest, Shared>({
    start: async (context) => {
      // People do not come at the same moment.
      await context.think('0ms', '1s')
      const room = roomFor(context.vu.id)
      const line = await enter(context, { room, over })
      if (line !== undefined) await ask(line, { type: 'history', room, limit: 20 })
      await context.think('2s', '5s')
      return { room, line }
    },
    run: async (context) => {
      // They read between what they say, and who reads when the load ends has said everything.
      context.pace(2_000 + 3_000 * context.vu.random())
      const line = await stillThere(context, over)
      if (line !== undefined) await chat(context, line)
    },
    stop: async ({ vu }) => {
      await vu.state.line?.close()
    },
  })

export const talk = chatOver('ws')
export const talkOverTcp = chatOver('tcp')

/** Whoever was cut off comes back. */
async function stillThere(context: GuestContext, over: 'ws' | 'tcp'): Promise<Line | undefined> {
  const { state } = context.vu
  const { line } = state
  if (line?.isOpen && !isEnding(line)) return line
  if (line?.isOpen) {
    await line.close()
    await context.think('1s')
  }
  state.line = await enter(context, { room: state.room, over, resume: true })
  return state.line
}

async function chat(context: GuestContext, line: Line): Promise<void> {
  const { vu, check } = context
  const { room } = vu.state
  const chance = vu.random()
  if (chance < 0.75) {
    const said = await ask(line, { type: 'say', room, text: line.stamp('something that people say', room) })
    check('said', isAnswer(said, 'said'))
  } else if (chance < 0.87) {
    const to = `user${1 + Math.floor(200 * vu.random())}`
    check('told', isAnswer(await ask(line, { type: 'direct', to, text: 'something between us' }), 'directed'))
  } else if (chance < 0.95) {
    check('the history is there', isAnswer(await ask(line, { type: 'history', room, limit: 50 }), 'history'))
  } else if (chance < 0.98) {
    check('those who are here are named', isAnswer(await ask(line, { type: 'who', room }), 'who'))
  } else {
    await exchange(context, room)
  }
}

/** A file goes up and comes back whole. */
async function exchange<State>(context: ScenarioContext<State, Shared>, room: string): Promise<void> {
  const { http, check } = context
  const headers = bearer(tokenOf(context))
  const file = { content: attachment, filename: 'picture.txt', type: 'text/plain' }
  const stored = await http.post(`/rooms/${room}/files`, { multipart: { file }, headers, name: 'POST /rooms/:room/files' })
  if (!check('the file is stored', stored.status === 201)) return
  const read = await http.get(`/files/${stored.json<{ id: string }>().id}`, { headers, name: 'GET /files/:id' })
  check('the file comes back whole', read.ok && read.text() === attachment)
}

/** Ten messages a second from each user. */
export const stream = scenario<Guest, Shared>({
  start: async (context) => {
    await context.think('0ms', '100ms')
    const room = roomFor(context.vu.id)
    return { room, line: await enter(context, { room }) }
  },
  run: async ({ vu, pace, check, think }) => {
    const { line, room } = vu.state
    if (line === undefined) return think('1s')
    pace('100ms')
    const said = await ask(line, { type: 'say', room, text: line.stamp('many of them', room) })
    check('said', isAnswer(said, 'said'))
  },
  stop: async ({ vu }) => {
    await vu.state.line?.close()
  },
})

/** Comes, looks around, and goes. */
export const visit = scenario<Shared>(async (context) => {
  const line = await enter(context, { room: roomFor(context.vu.id), listens: false })
  if (line === undefined) return
  await ask(line, { type: 'ping' })
  await context.think('500ms')
  await line.close()
})

/** Says what the audit looks for when all is quiet again; whoever is cut off comes back. */
export const keep = scenario<Guest, Shared>({
  start: async (context) => {
    // Not all at the same moment, again and again.
    await context.think('0ms', '300ms')
    return { room: roomFor(context.vu.id), line: undefined }
  },
  run: async (context) => {
    const { vu, audit, pace, think, check } = context
    // Whom a break has brought together is not to go on in step: beats of 300 ms are three in one second and four in the next.
    pace(200 + 200 * vu.random())
    const line = await stillThere(context, 'ws')
    if (line === undefined) return think('500ms')
    const key = `kept ${crypto.randomUUID()}`
    const text = line.stamp(key, vu.state.room)
    const said = await audit.write(key, () => ask(line, { type: 'say', room: vu.state.room, text }), { outcome: outcomeOf })
    check('said', isAnswer(said, 'said'))
  },
  stop: async ({ vu }) => {
    await vu.state.line?.close()
  },
})

const together = 6

/** Six at the same moment, as after a break, each with a password hash of its own to compute: 40 ms of a core. */
export const logIn = scenario<Shared>(async ({ http, vu, check }) => {
  const names = Array.from({ length: together }, (_, place) => `user${1 + ((together * vu.id + place) % 200)}`)
  await Promise.all(
    names.map(async (name) => {
      const answer = await http.post('/login', { json: { name, password: 'correct-horse' } })
      check('logged in', answer.ok && answer.json<{ token: string }>().token !== '')
    }),
  )
})

export const share = scenario<Shared>(async (context) => {
  const room = roomFor(context.vu.id)
  const headers = bearer(tokenOf(context))
  await context.http.post(`/rooms/${room}/members`, { headers, name: 'POST /rooms/:room/members' })
  await exchange(context, room)
  await context.think('200ms', '600ms')
})

const large = attachment.repeat(16)

/** Small and large files in turn: a large one may be refused for want of room, but never half kept. */
export const fill = scenario<Shared>(async (context) => {
  const { http, vu, check, think } = context
  const room = roomFor(vu.id)
  const headers = bearer(tokenOf(context))
  await http.post(`/rooms/${room}/members`, { headers, name: 'POST /rooms/:room/members' })
  const content = vu.iteration % 2 === 0 ? attachment : large
  const file = { content, filename: 'picture.txt', type: 'text/plain' }
  const name = 'POST /rooms/:room/files'
  const stored = await http.post(`/rooms/${room}/files`, { multipart: { file }, headers, name, expect: [201, 503] })
  check('a small file is stored', content === large || stored.status === 201)
  check('a large file is refused', content !== large || stored.status === 503)
  if (stored.status === 201) {
    const read = await http.get(`/files/${stored.json<{ id: string }>().id}`, { headers, name: 'GET /files/:id' })
    check('what is stored comes back whole', read.ok && read.text() === content)
  }
  await think('200ms', '600ms')
})

/** The live page, as somebody who administers the chat has it open. */
export const administer = scenario<boolean, Shared>({
  start: async ({ http, check }) =>
    check('the admin is let in', (await http.post('/admin/login', { json: { password: adminPassword } })).ok),
  run: async ({ http, pace, check }) => {
    pace('1s')
    const page = await http.get('/admin')
    const figures = await http.get('/admin/figures')
    check('the page is there', page.ok)
    check('its figures are there', figures.ok && Array.isArray(figures.json<{ seconds: unknown }>().seconds))
  },
})

/** The same things over REST. */
export const browse = scenario<Shared>(async (context) => {
  const { http, vu, check, think } = context
  const room = roomFor(vu.id)
  const headers = bearer(tokenOf(context))
  await http.get('/rooms', { headers })
  await http.post(`/rooms/${room}/members`, { headers, name: 'POST /rooms/:room/members' })
  await think('100ms', '300ms')
  const said = await http.post(`/rooms/${room}/messages`, {
    json: { text: 'by REST' },
    headers,
    name: 'POST /rooms/:room/messages',
  })
  check('said', said.status === 201)
  const read = await http.get(`/rooms/${room}/messages`, { headers, name: 'GET /rooms/:room/messages' })
  check('it is the newest or nearly', read.ok && read.json<{ text: string }[]>().some(({ text }) => text === 'by REST'))
})

const loudText = 'so loud that a reader who sleeps has its buffers full within seconds. '.repeat(50)

/** All in one room, with much to say. */
export const talkLoudly = scenario<Guest, Shared>({
  start: async (context) => ({ room: 'room1', line: await enter(context, { room: 'room1' }) }),
  run: async ({ vu, pace, check, think }) => {
    const { line, room } = vu.state
    if (line === undefined) return think('1s')
    pace('60ms')
    check('said', isAnswer(await ask(line, { type: 'say', room, text: line.stamp(loudText, room) }), 'said'))
  },
  stop: async ({ vu }) => {
    await vu.state.line?.close()
  },
})

/** Joins the loud room and never reads again: a socket of its own, because those of the tool always read. */
export const doze = scenario<Socket, Shared>({
  start: (context) =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: Number(tcpPort.slice(1)) })
      socket.on('error', reject)
      socket.once('data', () => {
        socket.write('{"type":"join","room":"room1"}\n')
        socket.pause()
        resolve(socket)
      })
      socket.write(`${JSON.stringify({ type: 'hello', token: tokenOf(context) })}\n`)
    }),
  run: async ({ think }) => think('1s'),
  stop: async ({ vu }) => {
    vu.state.destroy()
    return Promise.resolve()
  },
})
