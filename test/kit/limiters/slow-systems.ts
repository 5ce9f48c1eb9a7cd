import type { LimiterSystem } from './systems.ts'
import { bucket, expectOf, stored, windowed, whole } from './systems.ts'

/** Answers take up to 300 ms, at random; and the client, or the server, stands still for as long as that, twice a second. */
const machines = [
  ['slow answers', { slowSec: 0.3 }],
  ['a starved client', { slowSec: 0.05, clientStallsSec: 0.3 }],
  ['a starved server', { slowSec: 0.05, serverStallsSec: 0.3 }],
  ['all of them starved', { slowSec: 0.3, clientStallsSec: 0.2, serverStallsSec: 0.2 }],
] as const

type Draw = LimiterSystem['draw']
const promised = (truthOf: (random: () => number) => ReturnType<typeof bucket>): Draw => {
  return (random) => {
    const truth = truthOf(random)
    return { truth, ...expectOf(truth), seconds: 90 }
  }
}

/** As that of a chat: who asks one after the other hardly drains it. */
const quick = (random: () => number) => ({
  ...bucket(random),
  ratePerSec: whole(random, 20, 60),
  burst: whole(random, 20, 120),
})

const usual: readonly LimiterSystem[] = machines.flatMap(([name, machine]) => {
  const of = (what: string, expected: LimiterSystem['expected'], draw: Draw): LimiterSystem => ({
    ...{ name: `${what}, ${name}`, expected },
    draw: (random) => ({ ...draw(random), ...machine }),
  })
  return [
    of('token bucket', 'ENFORCED', promised(bucket)),
    of('quick token bucket', 'ENFORCED', promised(quick)),
    of(
      'fixed window',
      'ENFORCED',
      promised((random) => windowed(random, 'fixed window')),
    ),
    of(
      'sliding log',
      'ENFORCED',
      promised((random) => windowed(random, 'sliding log')),
    ),
    of(
      'racy token bucket',
      'RACY',
      promised((random) => ({ ...quick(random), defect: 'racy' })),
    ),
    of(
      'token bucket by X-Forwarded-For',
      'BYPASSABLE',
      promised((random) => ({ ...quick(random), defect: 'by x-forwarded-for' })),
    ),
  ]
})

/** What comes while the server stands still is decided on in one turn of it: nothing but the race lets more through. */
const stored2ms: readonly LimiterSystem[] = (
  [
    ['a starved client', { clientStallsSec: 0.3 }],
    ['a starved server', { serverStallsSec: 0.3 }],
    ['both of them starved', { clientStallsSec: 0.2, serverStallsSec: 0.2 }],
  ] as const
).flatMap(([name, machine]): readonly LimiterSystem[] => [
  {
    name: `token bucket that reads, and writes 2 ms later, ${name}`,
    expected: 'RACY',
    draw: (random) => ({ ...promised((draw) => ({ ...stored(draw, 0.002), defect: 'racy' }))(random), ...machine }),
  },
  {
    name: `token bucket in one step, answered 2 ms later, ${name}`,
    expected: 'ENFORCED',
    draw: (random) => ({ ...promised((draw) => stored(draw, 0.002))(random), ...machine }),
  },
])

/** On a busy machine: a verdict other than this one, or unknown, is wrong. */
export const slowLimiterSystems: readonly LimiterSystem[] = [...usual, ...stored2ms]
