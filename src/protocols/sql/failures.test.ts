import { describe, expect, test } from 'vitest'
import { connectFailure, statementFailure } from './failures.ts'

function said(code: string, message = 'the reason', severity = 'ERROR'): Error {
  return Object.assign(new Error(message), { code, severity })
}

function ofSocket(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code })
}

describe('what a database answers a statement with', () => {
  test.each([
    ['23505', 'the reason', 'status', 'failed'],
    ['40001', 'the reason', 'conflict', 'failed'],
    ['40P01', 'the reason', 'conflict', 'failed'],
    ['57014', 'canceling statement due to statement timeout', 'timeout', 'failed'],
    ['57014', 'canceling statement due to user request', 'status', 'failed'],
    ['55P03', 'canceling statement due to lock timeout', 'timeout', 'failed'],
    ['55P03', 'could not obtain lock on row', 'status', 'failed'],
    ['53100', 'could not extend file', 'refused', 'failed'],
    ['40003', 'the reason', 'status', 'uncertain'],
  ])('%s (%s) is a failure %s, and its effect is %s', (code, message, kind, outcome) => {
    expect(statementFailure(said(code, message))).toEqual({
      kind,
      code,
      message: `sql ${code}: ${message}`,
      answered: true,
      outcome,
    })
  })

  test('is no answer when it says good-bye', () => {
    expect(statementFailure(said('57P01', 'terminating connection', 'FATAL'))).toMatchObject({
      kind: 'closed-early',
      code: '57P01',
      answered: false,
      outcome: 'uncertain',
    })
  })

  test.each([
    ['ECONNRESET', 'reset'],
    // Of five capital letters, as an SQLSTATE.
    ['EPIPE', 'reset'],
  ])('is none of its when the socket breaks: %s', (code, kind) => {
    const failure = statementFailure(ofSocket(code))
    expect(failure).toMatchObject({ kind, answered: false, outcome: 'uncertain' })
    expect(failure.code).toBeUndefined()
  })

  test.each([
    ['Connection terminated unexpectedly', 'reset'],
    ['Client has encountered a connection error and is not queryable', 'reset'],
    ['Converting circular structure to JSON', 'exception'],
  ])('nor when the driver says so: %s', (message, kind) => {
    expect(statementFailure(new Error(message))).toMatchObject({ kind, answered: false, outcome: 'uncertain' })
  })
})

describe('what a connection is refused with', () => {
  test.each([
    ['53300', 'refused', false],
    ['57P03', 'refused', false],
    ['28P01', 'status', true],
    ['3D000', 'status', true],
  ])('%s is a failure %s', (code, kind, answered) => {
    expect(connectFailure(said(code, 'the reason', 'FATAL'))).toMatchObject({ kind, code, answered, outcome: 'failed' })
  })

  test.each([
    [ofSocket('ECONNREFUSED'), 'refused'],
    [ofSocket('ENOTFOUND'), 'dns'],
    [new Error('timeout expired'), 'timeout-connect'],
    [new Error('Connection terminated unexpectedly'), 'reset'],
  ])('%s is a failure %s', (error, kind) => {
    expect(connectFailure(error)).toMatchObject({ kind, answered: false, outcome: 'failed' })
  })
})
