import { expect, it } from 'vitest'
import { withoutConstants } from './postgres-statements.ts'

it('statements that differ in their constants are one', () => {
  expect(withoutConstants("SELECT *\n FROM t1 WHERE a = 'it''s' AND b = 12.5 AND c = $2")).toBe(
    'SELECT * FROM t1 WHERE a = ? AND b = ? AND c = $2',
  )
})
