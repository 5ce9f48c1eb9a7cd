import type { PoolResult, PoolSize } from '../../model/pool-result.ts'
import { count, digits, ms, percent, perSec } from '../numbers.ts'

/** How many connections the load needs, with the arithmetic; nothing where it was not measured. */
export function poolSizeSentences({ size, limit, database, usual, steps }: PoolResult): readonly string[] {
  if (size === null || usual === null) return []
  const { connections, erlang, waitShare, instances } = size
  const has = limit?.of === 'pool' ? ` The pool has ${count(limit.connections)}.` : ''
  const left =
    database === null || instances === null
      ? []
      : [
          `The database leaves ${count(database.max)} − ${count(database.reserved)} reserved = ${count(database.max - database.reserved)} to ordinary users: ${count(instances)} instances with ${count(connections)} each.`,
        ]
  const borne = steps.filter(({ isBorne }) => isBorne).map((one) => one.left)
  const seen = borne.length === 0 ? [] : [`The load was borne with ${count(Math.min(...borne))} left.`]
  return [
    `${busyWords(size)} = ${digits(erlang)} connections in use on average (Little's law).`,
    `With ${count(connections)} connections ${percent(waitShare)} of the requests wait for one (Erlang C; at most 1 % may).${has}`,
    ...seen,
    ...left,
  ]
}

/** Null where nothing was measured. */
export function poolAdvice(pool: PoolResult): string | null {
  const { size, limit } = pool
  if (size === null) return null
  const has = limit?.of === 'pool' ? `, it has ${count(limit.connections)}` : ''
  const most = size.instances === null ? '' : `, and no more than ${count(size.instances)} instances with as many`
  return `at least ${count(size.connections)} connections an instance${most}. ${busyWords(size)} = ${digits(size.erlang)} in use on average; with ${count(size.connections)} ${percent(size.waitShare)} of the requests wait for one (Erlang C)${has}.`
}

function busyWords({ perSec: rate, holdSec, by }: PoolSize): string {
  return `${by === 'peak' ? 'At the peak ' : ''}${perSec(rate)} × ${ms(holdSec * 1000)} held each`
}
