import type { LogInAction, UserEnumerationAction } from '../../model/attack-spec.ts'
import { createAnswerEar } from '../answer-ear.ts'
import { answerWords } from '../answer-words.ts'
import { createStatusEar, logInText } from '../http-text.ts'
import type { PatternOf } from '../pattern.ts'

/** Longer than a password hash under load takes. */
const answerMs = 5000

/** Whose name and which password are tried as number `n`. */
export function credentialAt({ kind, users, passwords }: LogInAction, n: number): readonly [user: string, password: string] {
  const pick = (list: readonly string[], i: number): string => list[i % Math.max(1, list.length)] ?? ''
  switch (kind) {
    case 'bruteForce':
      return [pick(users, Math.floor(n / Math.max(1, passwords.length))), pick(passwords, n)]
    // One password for everybody, then the next: no user sees many failures in a row.
    case 'passwordSpraying':
      return [pick(users, n), pick(passwords, Math.floor(n / Math.max(1, users.length)))]
    case 'credentialStuffing':
      return [pick(users, n), pick(passwords, n)]
  }
}

/** Guesses at a log-in. */
export const logIn: PatternOf<LogInAction> = (action, host) => ({
  style: 'tries',
  answerMs,
  open: (n) => ({ opening: logInText(action.path, host, action.form, credentialAt(action, n)), hear: createStatusEar() }),
})

/**
 * Log-ins with names that exist and names that do not, in turn: does the answer, or its time, tell them apart? As many names of both kinds, so that each is tried as often: what
 * a target does about a name that is tried again and again is no difference between them.
 */
export const userEnumeration: PatternOf<UserEnumerationAction> = ({ path, known, unknown, form }, host) => {
  const count = Math.max(1, Math.min(known.length, unknown.length))
  const words = answerWords([...known, ...unknown])
  return {
    style: 'tries',
    answerMs,
    open: (n) => {
      const isKnown = n % 2 === 0
      const user = (isKnown ? known : unknown)[Math.floor(n / 2) % count] ?? ''
      // Long enough for a target that looks at the password's length before it looks for the name.
      const opening = logInText(path, host, form, [user, `wrong-password-${n}`])
      return { opening, ...createAnswerEar(words), isKnown }
    },
  }
}
