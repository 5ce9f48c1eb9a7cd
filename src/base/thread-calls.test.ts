import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, onTestFinished, test } from 'vitest'
import { answerCall, ThreadCalls } from './thread-calls.ts'

type Request =
  | { readonly type: 'double'; readonly number: number }
  | { readonly type: 'refuse' | 'keep' | 'answer-kept' | 'tell' | 'throw' | 'leave' | 'close' }

/** Answers as it is told to; what it keeps is answered later, the last call first. */
const code = `
  const { parentPort } = require('node:worker_threads')
  const kept = []
  const done = (call, value) => parentPort.postMessage({ type: 'done', call, value })
  parentPort.on('message', ({ call, request }) => {
    switch (request.type) {
      case 'double': return done(call, 2 * request.number)
      case 'refuse': return parentPort.postMessage({ type: 'failed', call, text: 'no such link' })
      case 'keep': return kept.push(call)
      case 'answer-kept': for (const earlier of kept.reverse()) done(earlier, earlier); return done(call, kept.length)
      case 'tell': parentPort.postMessage({ type: 'news', news: 'a window' }); return done(call, 0)
      case 'throw': throw new Error('out of order')
      case 'leave': return process.exit(3)
      case 'close': done(call, 0); return parentPort.close()
    }
  })
`

interface Called {
  readonly calls: ThreadCalls<Request, number, string>
  readonly thread: Worker
  readonly news: string[]
  readonly deaths: string[]
}

async function calledThread(text = code): Promise<Called> {
  const thread = new Worker(text, { eval: true, execArgv: [] })
  const news: string[] = []
  const deaths: string[] = []
  const calls = new ThreadCalls<Request, number, string>(thread, {
    name: 'the thread of the test',
    onNews: (told) => void news.push(told),
    onDeath: ({ message }) => void deaths.push(message),
  })
  onTestFinished(async () => {
    await thread.terminate()
  })
  await once(thread, 'online')
  return { calls, thread, news, deaths }
}

describe('calls to a thread', () => {
  test('each gets its own answer, in whatever order they come', async () => {
    const { calls } = await calledThread()
    const order: number[] = []
    const kept = [calls.ask({ type: 'keep' }), calls.ask({ type: 'keep' })]
    for (const answer of kept) void answer.then((call) => order.push(call))
    expect(await calls.ask({ type: 'double', number: 21 })).toBe(42)
    expect(await calls.ask({ type: 'answer-kept' })).toBe(2)
    expect(await Promise.all(kept)).toEqual([0, 1])
    expect(order).toEqual([1, 0])
  })

  test('one that the thread cannot do throws what it says, and the others go on', async () => {
    const { calls, deaths } = await calledThread()
    await expect(calls.ask({ type: 'refuse' })).rejects.toThrow('no such link')
    expect(await calls.ask({ type: 'double', number: 2 })).toBe(4)
    expect(deaths).toEqual([])
  })

  test('what the thread tells unasked is no answer', async () => {
    const { calls, news } = await calledThread()
    expect(await calls.ask({ type: 'tell' })).toBe(0)
    expect(news).toEqual(['a window'])
  })

  test('those that wait when the thread throws fail with its error, and so does any later one; its death is told once', async () => {
    const { calls, thread, deaths } = await calledThread()
    const exited = new Promise((resolve) => thread.once('exit', resolve))
    const waiting = [calls.ask({ type: 'keep' }), calls.ask({ type: 'throw' })]
    for (const answer of await Promise.allSettled(waiting))
      expect(answer).toMatchObject({ status: 'rejected', reason: { message: 'out of order' } })
    await exited
    await expect(calls.ask({ type: 'double', number: 1 })).rejects.toThrow('out of order')
    expect(deaths).toEqual(['out of order'])
    await calls.close({ type: 'close' })
  })

  test('those that wait when the thread leaves fail with its status', async () => {
    const { calls, deaths } = await calledThread()
    await expect(calls.ask({ type: 'leave' })).rejects.toThrow('the thread of the test ended with status 3')
    expect(deaths).toEqual(['the thread of the test ended with status 3'])
  })

  test('after the last one the thread is gone, nobody is told of a death, and there is no answer any more', async () => {
    const { calls, thread, deaths } = await calledThread()
    const kept = calls.ask({ type: 'keep' })
    const failed = expect(kept).rejects.toThrow('the thread of the test ended with status')
    await calls.close({ type: 'close' })
    await failed
    expect(thread.threadId).toBe(-1)
    await expect(calls.ask({ type: 'double', number: 1 })).rejects.toThrow('the thread of the test ended with status')
    await calls.close({ type: 'close' })
    expect(deaths).toEqual([])
  })

  test('a thread that never answers is ended all the same', async () => {
    const { calls, thread, deaths } = await calledThread(
      `require('node:worker_threads').parentPort.on('message', () => undefined)`,
    )
    await calls.close({ type: 'close' })
    expect(thread.threadId).toBe(-1)
    expect(deaths).toEqual([])
  })
})

describe('the answer to a call', () => {
  test('has its number, and what was given at once or later', async () => {
    expect(await answerCall({ call: 4, request: 3 }, (number) => number + 1)).toEqual({ type: 'done', call: 4, value: 4 })
    const later = (number: number): Promise<number> => Promise.resolve(number + 1)
    expect(await answerCall({ call: 5, request: 3 }, later)).toEqual({ type: 'done', call: 5, value: 4 })
  })

  test('is what was thrown, as a text', async () => {
    const refuse = (link: string): never => {
      throw new Error(`no link ${link}`)
    }
    expect(await answerCall({ call: 6, request: 'db' }, refuse)).toEqual({ type: 'failed', call: 6, text: 'no link db' })
  })
})
