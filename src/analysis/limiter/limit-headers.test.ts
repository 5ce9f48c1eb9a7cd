import { expect, test } from 'vitest'
import { readLimitHeaders } from './limit-headers.ts'

const now = Date.parse('2026-11-22T10:00:00Z')

test.each([
  [
    { 'ratelimit-limit': '10', 'ratelimit-remaining': '4', 'ratelimit-reset': '3' },
    { limit: 10, remaining: 4, resetSec: 3 },
  ],
  [{ ratelimit: 'limit=10, remaining=4, reset=3' }, { limit: 10, remaining: 4, resetSec: 3 }],
  [
    { ratelimit: '"login";r=4;t=3', 'ratelimit-policy': '"login";q=10;w=60' },
    { remaining: 4, resetSec: 3, policies: [{ quota: 10, windowSec: 60 }] },
  ],
  [
    { 'ratelimit-policy': '10;w=1, 100;w=60' },
    {
      policies: [
        { quota: 10, windowSec: 1 },
        { quota: 100, windowSec: 60 },
      ],
    },
  ],
  [
    { 'x-ratelimit-limit': '10, 10;w=60', 'x-ratelimit-remaining': '0' },
    { limit: 10, remaining: 0 },
  ],
  [{ 'x-ratelimit-reset': String(now / 1000 + 12) }, { resetSec: 12, isOwnReset: true }],
  [{ 'x-ratelimit-reset': String(now + 1500) }, { resetSec: 1.5, isOwnReset: true }],
  [{ 'ratelimit-reset': '3', 'x-ratelimit-reset': '7' }, { resetSec: 3 }],
  [{ 'retry-after': '2' }, { retryAfterSec: 2 }],
  [{ 'retry-after': 'Sun, 22 Nov 2026 10:00:30 GMT' }, { retryAfterSec: 30 }],
  [{ 'retry-after': 'soon' }, undefined],
  [{ date: 'today' }, undefined],
])('%j', (headers, said) => {
  expect(readLimitHeaders(headers, now)).toEqual(said)
})
