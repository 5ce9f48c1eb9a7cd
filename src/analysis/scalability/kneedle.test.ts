import { expect, test } from 'vitest'
import published from '../../../test/data/kneedle.json' with { type: 'json' }
import { kneedle } from './kneedle.ts'

interface Case {
  readonly name: string
  readonly x: readonly number[]
  readonly y: readonly number[]
}

function caseOf(name: string): Case {
  const found = published.cases.find((one) => one.name.startsWith(name))
  if (!found) throw new Error(`No published case ${name}`)
  // The cases of the file differ in their fields; those asked for here carry numbers.
  return found as unknown as Case
}

const tenths = (values: readonly number[]) => values.slice(0, -3).map((value) => value / 10)
const convexDown = { curve: 'convex', direction: 'decreasing' } as const
const shapes = [
  ['concave_increasing', 'concave', 'increasing', 2, 0.2],
  ['convex_increasing', 'convex', 'increasing', 7, 0.4],
  ['convex_decreasing', 'convex', 'decreasing', 2, 0.2],
] as const

test('finds the knee of figure 2 of the paper', () => {
  const x = Array.from({ length: 10 }, (_, i) => i / 9)
  const knee = kneedle(
    x,
    x.map((value) => -1 / (value + 0.1) + 5),
    { curve: 'concave', direction: 'increasing' },
  )
  expect(knee?.x).toBeCloseTo(0.2222222222222222, 12)
  expect(knee?.y).toBeCloseTo(1.8965517241379306, 12)
})

test.each(shapes)('finds the published knee of a %s curve, whole and cut short', (name, curve, direction, whole, cut) => {
  const { x, y } = caseOf(name)
  expect(kneedle(x, y, { curve, direction })?.x).toBe(whole)
  expect(kneedle(tenths(x), tenths(y), { curve, direction })?.x).toBeCloseTo(cut, 12)
})

test('finds the published knee of a concave curve that falls, cut short', () => {
  const { x, y } = caseOf('concave_increasing')
  const falling = y.toReversed()
  expect(kneedle(tenths(x), tenths(falling), { curve: 'concave', direction: 'decreasing' })?.x).toBeCloseTo(0.4, 12)
})

test('finds the first knee of a bumpy curve and, online, all of them', () => {
  const { x, y } = caseOf('bumpy')
  expect(kneedle(x, y, convexDown)?.x).toBe(26)
  expect(kneedle(x, y, { ...convexDown, online: true })?.all).toEqual([26, 31, 41, 46, 53])
})

test('sensitivity decides about a flat maximum', () => {
  const { x, y } = caseOf('flat_maxima')
  expect(kneedle(x, y, { ...convexDown, sensitivity: 0 })?.x).toBe(1)
  expect(kneedle(x, y, { ...convexDown, sensitivity: 1 })?.x).toBe(8)
})

test('says that a constant and a nearly straight curve have no knee', () => {
  const constant = caseOf('constant y')
  expect(kneedle(constant.x, constant.y, { curve: 'concave', direction: 'increasing' })).toBeNull()
  const straight = caseOf('no knee')
  expect(kneedle(straight.x, straight.y, convexDown)).toBeNull()
})

test('agrees at every sensitivity on the thousand points of a gamma distribution', () => {
  const { y } = caseOf('gamma1000')
  const x = y.map((_, i) => i + 1)
  const knees = [1, 3, 5, 10, 100, 200, 400].map((sensitivity) => kneedle(x, y, { ...convexDown, sensitivity })?.x)
  expect(knees).toEqual([22, 137, 178, 258, 305, 482, 482])
  expect(kneedle(x, y, { ...convexDown, online: true })?.x).toBe(482)
})

test('finds the foot of a logistic curve', () => {
  const { x, y } = caseOf('logistic')
  expect(kneedle(x, y, { curve: 'convex', direction: 'increasing', online: true })?.x).toBe(73)
})
