import { describe, expect, it } from 'vitest'
import type { WholeAnswer } from './answer-ear.ts'
import { createAnswerEar } from './answer-ear.ts'
import { answerWords } from './answer-words.ts'

const of = (body: string, more: Partial<WholeAnswer> = {}): WholeAnswer => ({ status: '401', location: '', body, ...more })

describe('what an answer says', () => {
  const words = answerWords(['ada', 'user', 'nobody-1', 'jos\u00e9'])

  it('is its status, where it leads and its words', () => {
    expect(words(of('wrong  password\n'))).toBe('401 wrong password')
    expect(words(of('', { status: '302', location: '/login?error=1' }))).toBe('302 /login?error=#')
    expect(words(of(''))).toBe('401')
  })

  it('is the same for every name, number and id', () => {
    const answers = ['ada', 'nobody-1', 'jos\u00e9'].map((name, i) =>
      words(
        of(`{"name":"${name}","left":${4 - i},"id":"0b6c1f4e-1c9d-4f7e-8a51-3f2d7c9a00${i}1","csrf":"a9Zk3LmQ0xY7pR2t${i}"}`),
      ),
    )
    expect(new Set(answers)).toEqual(new Set(['401 {"name":"…","left":#,"id":"#","csrf":"#"}']))
  })

  it('lacks a word that happens to be a name for all names, and keeps those that only hold one', () => {
    expect(words(of('unknown user in Canada'))).toBe('401 unknown … in Canada')
  })

  it('is told apart also where long texts differ at their end only', () => {
    const page = 'please log in again '.repeat(20)
    expect(words(of(`${page}no such account`))).not.toBe(words(of(`${page}wrong password`)))
    expect(words(of(`${page}7`))).toBe(words(of(`${page}8`)))
    expect(words(of(page)).length).toBeLessThan(120)
  })
})

describe('an ear for whole answers', () => {
  const heard = (pieces: readonly string[], ends = false) => {
    const ear = createAnswerEar(({ status, location, body }) => [status, location, body].join('|'))
    const told = pieces.flatMap((piece) => ear.hear(Buffer.from(piece)))
    return [...told, ...(ends ? ear.atEnd() : [])].map(({ says }) => says)
  }

  it('waits for the length that is announced', () => {
    expect(heard(['HTTP/1.1 401 No\r\nContent-Le', 'ngth: 5\r\n\r\nwro'])).toEqual([])
    expect(heard(['HTTP/1.1 401 No\r\nContent-Le', 'ngth: 5\r\n\r\nwro', 'ng'])).toEqual(['401||wrong'])
  })

  it('puts chunks together, and takes them from where they are cut', () => {
    const pieces = ['HTTP/1.1 302 X\r\nLocation: /a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nw', 'ro\r\n2\r\nng\r\n0\r\n']
    expect(heard(pieces)).toEqual(['302|/a|wrong'])
  })

  it('hears an answer without a length at the end of its connection', () => {
    expect(heard(['HTTP/1.1 401 No\r\n\r\nwro', 'ng'])).toEqual([])
    expect(heard(['HTTP/1.1 401 No\r\n\r\nwro', 'ng'], true)).toEqual(['401||wrong'])
    expect(heard([], true)).toEqual([])
  })

  it('passes over interim answers, and needs no body where there is none', () => {
    expect(heard(['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 None\r\n\r\n'])).toEqual(['204||'])
  })
})
