import type { LogInForm } from '../../model/attack-spec.ts'
import type { Fields } from '../fields.ts'
import type { AttackReader } from './reader.ts'
import { http, listOf } from './reader.ts'

const formKeys = ['body', 'userField', 'passwordField']
const defaults = { path: '/login', perSec: 50, connections: 0, blocked: ['403', '423', '429'] }

function formOf(fields: Fields): LogInForm {
  return {
    type: fields.oneOf('body', ['json', 'form']) ?? 'json',
    userField: fields.string('userField') ?? 'user',
    passwordField: fields.string('passwordField') ?? 'password',
  }
}

const wrongPassword = (i: number): string => `wrong-password-${i}`
const nobody = (i: number): string => `nobody-${i}`

export const logInReaders: Readonly<Record<string, AttackReader>> = {
  bruteForce: {
    ...{ keys: ['user', 'passwords', ...formKeys], schemes: http, defaults },
    read: (fields, { path }) => ({
      ...{ kind: 'bruteForce', path, form: formOf(fields), users: [fields.string('user') ?? 'admin'] },
      passwords: listOf(fields, 'passwords', { count: 1000, made: wrongPassword }),
    }),
  },
  passwordSpraying: {
    ...{ keys: ['users', 'passwords', ...formKeys], schemes: http, defaults },
    read: (fields, { path }) => ({
      ...{ kind: 'passwordSpraying', path, form: formOf(fields) },
      users: listOf(fields, 'users', { count: 100, made: nobody }),
      passwords: listOf(fields, 'passwords', { count: 10, made: wrongPassword }),
    }),
  },
  credentialStuffing: {
    ...{ keys: ['credentials', ...formKeys], schemes: http, defaults },
    read: (fields, { path }) => {
      const pairs = pairsOf(fields)
      const [users, passwords] = [pairs.map(([user]) => user), pairs.map(([, password]) => password)]
      return { kind: 'credentialStuffing', path, form: formOf(fields), users, passwords }
    },
  },
  userEnumeration: {
    ...{ keys: ['known', 'unknown', ...formKeys], schemes: http },
    defaults: { ...defaults, perSec: 20 },
    read: (fields, { path }) => {
      const known = fields.strings('known', 'a list of names that exist')
      if (known === undefined || known.length === 0) {
        if (!fields.has('known') || known !== undefined) fields.wrong('known', 'at least one name that exists')
        return undefined
      }
      const unknown = listOf(fields, 'unknown', { count: 50, made: nobody })
      return { kind: 'userEnumeration', path, form: formOf(fields), known, unknown }
    },
  },
}

function pairsOf(fields: Fields): readonly (readonly [string, string])[] {
  const value = fields.raw('credentials')
  if (value === undefined || typeof value === 'number') {
    const count = value === undefined ? 1000 : (fields.count('credentials', 1) ?? 1)
    return Array.from({ length: Math.min(count, 100_000) }, (_, i) => [`${nobody(i)}@example.test`, wrongPassword(i)])
  }
  const isPair = (one: unknown): one is readonly [string, string] =>
    Array.isArray(one) && one.length === 2 && one.every((text) => typeof text === 'string')
  if (Array.isArray(value) && value.length > 0 && value.every(isPair)) return value
  fields.wrong('credentials', "pairs such as [['ada', 'secret']], or how many are made up")
  return []
}
