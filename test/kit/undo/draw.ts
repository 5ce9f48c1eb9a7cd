import type { Random } from '../../../src/base/random.ts'
import { seededRandom } from '../../../src/base/random.ts'
import type { DrawnFault, Scene } from './catalogue.ts'
import { drawFault, pick } from './catalogue.ts'

/** `own`: target and database of the plan; `foreign`: a database of somebody else; `attached`: a target of somebody else too; `full disk`: no database. */
export type SceneName = 'own' | 'foreign' | 'attached' | 'full disk'

/** Who dies of what. `all`: proofload with its watchdog and whatever holds its faults; with the watchdog alone those who hold faults live on. */
export type Death = 'kill -9' | 'kill -9 with the watchdog' | 'kill -9 of all' | 'SIGTERM' | 'Ctrl-C' | 'Ctrl-C twice'

/** `every file`: no file of its own processes may grow, which needs no file system of our own. */
export type FullPlace = 'temporary files' | 'the record' | 'both' | 'every file'

export interface TimedFault extends DrawnFault {
  readonly atSec: number
  readonly forSec: number
}

export interface Drawn {
  readonly seed: number
  readonly scene: SceneName
  readonly faults: readonly TimedFault[]
  /** Keys of `limits` of the test; empty: none. */
  readonly limits: string
  readonly loadSec: number
  readonly death: Death
  /** From the start of the process, while nothing is loaded yet … */
  readonly moment: { readonly after: 'start' | 'load'; readonly sec: number }
  /** Between two Ctrl-C. */
  readonly againSec: number
  /** PostgreSQL's programs and its template are still to be made. */
  readonly isCold: boolean
  /** What is full from then on, counted as `moment` is. */
  readonly full: { readonly what: FullPlace; readonly sec: number } | undefined
}

/** Some of the usual time until the load starts: a kill before it meets a start. */
const startSec: Readonly<Record<SceneName, number>> = { own: 3, foreign: 2.5, attached: 1.5, 'full disk': 2 }
/** After the last fault: the end of the load, tearing down, judging, reporting. */
const afterSec = 2

export function drawRun(seed: number, bystander: number): Drawn {
  const random = seededRandom(seed, 4242)
  const between = (from: number, to: number): number => Math.round((from + (to - from) * random.next()) * 100) / 100
  const scene = weighted<SceneName>(random, { own: 45, foreign: 25, attached: 15, 'full disk': 15 })
  const count = 1 + Math.floor(random.next() * 3)
  const faults = Array.from({ length: count }, () => ({
    ...drawFault(sceneOf(scene, bystander), random),
    atSec: between(0.2, 2.5),
    forSec: between(0.8, 3.5),
  }))
  const lastSec = Math.max(...faults.map(({ atSec, forSec }) => atSec + forSec))
  const moment = between(0.02, startSec[scene] + lastSec + afterSec)
  const death = weighted<Death>(random, {
    'kill -9': 42,
    'kill -9 with the watchdog': 8,
    'kill -9 of all': 24,
    SIGTERM: 6,
    'Ctrl-C': 10,
    'Ctrl-C twice': 10,
  })
  return {
    seed,
    scene,
    faults,
    limits: scene !== 'attached' && random.next() < 0.4 ? drawLimits(random) : '',
    loadSec: Math.ceil(lastSec + 0.5),
    death,
    moment:
      moment < startSec[scene]
        ? { after: 'start', sec: moment }
        : { after: 'load', sec: Math.round((moment - startSec[scene]) * 100) / 100 },
    againSec: between(0.05, 1.5),
    isCold: scene === 'own' && random.next() < 0.2,
    full:
      scene === 'full disk'
        ? { what: pick<FullPlace>(random, ['temporary files', 'the record', 'both', 'every file']), sec: between(0, lastSec) }
        : undefined,
  }
}

function drawLimits(random: Random): string {
  const all = ['files: 400', "memory: '400MB'", 'cpus: 1', "fileSize: '50MB'", 'processes: 100']
  const some = all.filter(() => random.next() < 0.5)
  return (some.length === 0 ? all : some).join(', ')
}

export function sceneOf(scene: SceneName, bystander: number): Scene {
  const pid = String(bystander)
  const database = { postgres: ['db'], databases: ['db'], ownDatabases: [] }
  switch (scene) {
    case 'own':
      return {
        links: ['target', 'payments', 'db'],
        http: ['target', 'payments'],
        ...database,
        ownDatabases: ['db'],
        ours: ['target', 'db'],
        stoppable: ['target', 'db', pid],
        preload: true,
      }
    case 'foreign':
      return {
        links: ['target', 'payments', 'db'],
        http: ['target', 'payments'],
        ...database,
        ours: ['target'],
        stoppable: ['target', pid],
        preload: true,
      }
    case 'attached':
      // Its target was not told of any proxy, so only the users' way to it can be broken.
      return {
        links: ['target'],
        http: ['target'],
        ...database,
        postgres: [],
        ours: [],
        stoppable: ['target', pid],
        preload: false,
      }
    case 'full disk':
      return {
        links: ['target', 'payments'],
        http: ['target', 'payments'],
        ...{ postgres: [], databases: [], ownDatabases: [] },
        ours: ['target'],
        stoppable: ['target', pid],
        preload: true,
      }
  }
}

function weighted<T extends string>(random: Random, weights: Readonly<Record<T, number>>): T {
  const entries = Object.entries(weights) as [T, number][] // the keys of the record that was given
  let left = random.next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [name, weight] of entries) {
    left -= weight
    if (left < 0) return name
  }
  throw new Error('there is nothing to choose from')
}
