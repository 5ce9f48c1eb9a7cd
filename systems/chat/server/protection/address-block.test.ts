import { expect, test } from 'vitest'
import type { AddressBlock } from './contract.ts'
import { FailureBlock, noBlock, type BlockOptions } from './address-block.ts'

function blockOf(options: BlockOptions = {}) {
  const clock = { ms: 1_000_000 }
  const block = new FailureBlock({ failures: 5, windowSec: 60, firstSec: 30, longestSec: 100, nowMs: () => clock.ms, ...options })
  return { block, clock }
}

/** Fails until it is turned away, at most `most` times. */
function attack(block: AddressBlock, address = '127.0.0.9', most = 1_000): number {
  let tried = 0
  while (tried < most && !block.isBlocked(address)) block.failed(address, `user-${tried++}`)
  return tried
}

test('an address is blocked by its fifth failed log-in and by none before', () => {
  const { block } = blockOf()
  expect(attack(block)).toBe(5)
  expect(block.blockedForSec('127.0.0.9')).toBe(30)
})

test('no-block: an address may fail for ever', () => {
  expect(attack(noBlock)).toBe(1_000)
})

test('another address is not blocked with it', () => {
  const { block } = blockOf()
  attack(block)
  expect(block.isBlocked('127.0.0.8')).toBe(false)
})

test('failures that are further apart than the window do not block', () => {
  const { block, clock } = blockOf()
  for (let n = 0; n < 100; n++, clock.ms += 15_001) block.failed('127.0.0.9', 'ann')
  expect(block.isBlocked('127.0.0.9')).toBe(false)
})

test('a block ends by itself, and the next ones are longer, up to the longest', () => {
  const { block, clock } = blockOf()
  const blocks = [1, 2, 3, 4].map(() => {
    attack(block)
    const sec = block.blockedForSec('127.0.0.9')
    clock.ms += sec * 1_000 - 1
    expect(block.isBlocked('127.0.0.9')).toBe(true)
    clock.ms += 1
    expect(block.isBlocked('127.0.0.9')).toBe(false)
    return sec
  })
  expect(blocks).toEqual([30, 60, 100, 100])
})

test('long after its last block an address begins anew', () => {
  const { block, clock } = blockOf({ forgetSec: 600 })
  attack(block)
  clock.ms += 631_000
  attack(block)
  expect(block.blockedForSec('127.0.0.9')).toBe(30)
})

test('log-ins that were under way when the block began do not make it longer', () => {
  const { block } = blockOf()
  for (let n = 0; n < 50; n++) block.failed('127.0.0.9', 'ann')
  expect(block.blockedForSec('127.0.0.9')).toBe(30)
})

test('who mistyped and then got in is forgiven', () => {
  const { block } = blockOf()
  for (let day = 0; day < 10; day++) {
    for (let n = 0; n < 4; n++) block.failed('127.0.0.9', 'ann')
    block.succeeded('127.0.0.9', 'ann')
  }
  expect(block.isBlocked('127.0.0.9')).toBe(false)
  expect(block.size).toBe(0)
})

test('an attacker with an account of their own is not forgiven what they tried on others', () => {
  const { block } = blockOf()
  let tried = 0
  while (tried < 1_000 && !block.isBlocked('127.0.0.9')) {
    block.failed('127.0.0.9', `victim-${tried++}`)
    block.succeeded('127.0.0.9', 'mallory')
  }
  expect(tried).toBe(5)
})

test('who is blocked is told to whom it concerns, once a block', () => {
  const told: unknown[] = []
  const { block } = blockOf({ onBlocked: (blocked) => told.push(blocked) })
  attack(block)
  block.failed('127.0.0.9', 'late')
  expect(told).toEqual([{ address: '127.0.0.9', user: 'user-4', sec: 30 }])
  expect(block.blocked()).toEqual([{ address: '127.0.0.9', sec: 30 }])
})

test('addresses that are quiet again are forgotten, and never more are kept than allowed', () => {
  const { block, clock } = blockOf({ most: 1_000, forgetSec: 60 })
  for (let n = 0; n < 5_000; n++) block.failed(`127.1.${n >> 8}.${n & 255}`, 'ann')
  expect(block.size).toBe(1_000)
  clock.ms += 3_600_000
  for (let n = 0; n < 1_000; n++, clock.ms += 20_000) block.failed(`127.2.0.${n & 3}`, 'ann')
  expect(block.size).toBeLessThanOrEqual(4)
})
