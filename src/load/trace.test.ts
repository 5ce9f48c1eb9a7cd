import { expect, test } from 'vitest'
import { parseTrace } from './trace.ts'

test('reads seconds line by line, with a heading, comments and further columns', () => {
  expect(parseTrace('time,path\n# morning\n0.5,/a\n\n1.25,/b\r\n3')).toEqual({ timesSec: [0.5, 1.25, 3], problems: [] })
})

test('names every line that is no time or goes back', () => {
  const { problems } = parseTrace('1\nx\n0.5\n-3\n2')
  expect(problems).toEqual([
    'line 2: expected seconds from the start such as `12.5`, got `x`',
    'line 3: expected times in rising order, got 0.5 after 1',
    'line 4: expected seconds from the start such as `12.5`, got `-3`',
  ])
})

test('dates count from the first one, and do not mix with seconds', () => {
  expect(parseTrace('time\n2026-01-31T12:00:00Z\n2026-01-31T12:00:01.250Z').timesSec).toEqual([0, 1.25])
  expect(parseTrace('1\n2026-01-31T12:00:00Z').problems).toHaveLength(1)
})
