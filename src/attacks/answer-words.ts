import { createHash } from 'node:crypto'
import type { WholeAnswer } from './answer-ear.ts'

/** What two answers have in common up to here is read by people; the rest is told apart by a digest. */
const shownCharacters = 80

/**
 * What an answer says to whoever reads many of them: its status, where it leads, and its words, without what differs from one try to the next: the names that are tried,
 * numbers, and ids. All the names of both kinds are taken out, so that a word that happens to be a name is missing on both sides.
 */
export function answerWords(names: readonly string[]): (answer: WholeAnswer) => string {
  const longestFirst = [...new Set(names)].filter((name) => name !== '').toSorted((a, b) => b.length - a.length)
  const anyName =
    longestFirst.length === 0 ? undefined : new RegExp(`(?<![\\w])(?:${longestFirst.map(escaped).join('|')})(?![\\w])`, 'gi')
  return ({ status, location, body }) => {
    const bare = (text: string): string =>
      (anyName === undefined ? text : text.replaceAll(anyName, '…'))
        .replaceAll(uuid, '#')
        .replaceAll(longWord, withoutIds)
        .replaceAll(/\d+/g, '#')
    const words = [bare(location), bare(body)].map((text) => text.replaceAll(/\s+/g, ' ').trim()).filter((text) => text !== '')
    const said = words.join(' ')
    const cut = said.length <= shownCharacters ? said : `${said.slice(0, shownCharacters)}… (${digestOf(said)})`
    return cut === '' ? status : `${status} ${cut}`
  }
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/gi
const longWord = /[\w-]{16,}/g

/** A long word with a digit in it is the id of a request, a session, a form. */
function withoutIds(word: string): string {
  return /\d/.test(word) ? '#' : word
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}
