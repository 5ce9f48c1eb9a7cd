import { expect, test } from 'vitest'
import { Visits } from './visits.ts'

const visit = (path: string, ms: number, status = 200) => ({ atMs: 0, method: 'GET', path, status, ms, headers: {} })

test('the last visits are kept, and older ones make room', () => {
  const visits = new Visits(3)
  visits.add(visit('/slow', 900, 503))
  expect(visits.figures).toEqual({ kept: 1, failed: 1, slowestMs: 900, slowestPath: 'GET /slow' })
  for (const [i, path] of ['/a', '/b', '/c'].entries()) visits.add(visit(path, i))
  expect(visits.figures).toEqual({ kept: 3, failed: 0, slowestMs: 2, slowestPath: 'GET /c' })
})

test('without a limit all of them stay', () => {
  const visits = new Visits(Infinity)
  for (let i = 0; i < 5000; i += 1) visits.add(visit(`/${i}`, i))
  expect(visits.figures).toMatchObject({ kept: 5000, slowestPath: 'GET /4999' })
})
