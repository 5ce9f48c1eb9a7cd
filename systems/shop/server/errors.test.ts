import { expect, test } from 'vitest'
import { errorAnswer, notFound, overloaded } from './errors.ts'

test('our own errors keep status, code and words', () => {
  expect(errorAnswer(notFound('product'))).toEqual({
    status: 404,
    body: { error: 'not_found', message: 'There is no such product.' },
  })
  expect(errorAnswer(overloaded('Busy.')).status).toBe(503)
})

test('a client error of the framework passes', () => {
  const error = Object.assign(new Error('body must be object'), { statusCode: 400, code: 'FST_ERR_VALIDATION' })
  expect(errorAnswer(error)).toEqual({ status: 400, body: { error: 'fst_err_validation', message: 'body must be object' } })
})

test('nothing of an unexpected error leaks', () => {
  const answer = errorAnswer(new Error('password authentication failed for user "shop"'))
  expect(answer.status).toBe(500)
  expect(JSON.stringify(answer)).not.toContain('password')
})
