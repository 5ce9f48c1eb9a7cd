import { expect, test } from 'vitest'
import { isNear } from './near-host.ts'

test.each([
  '127.0.0.1',
  '127.9.9.9',
  'localhost',
  'db.localhost',
  '[::1]',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.9.9',
  '192.168.1.1',
  '169.254.1.1',
  'fd00::1',
  'fe80::1',
  '::ffff:10.0.0.1',
  'payments',
  'nas.local',
  'pay.internal',
])('%s is near', (host) => expect(isNear(host)).toBe(true))

test.each([
  '8.8.8.8',
  '172.32.0.1',
  '172.15.0.1',
  '192.169.0.1',
  '11.0.0.1',
  '126.0.0.1',
  '2001:db8::1',
  '::ffff:8.8.8.8',
  'example.com',
  'localhost.example.com',
  'internal.example',
])('%s is somebody else, unless the plan says that it owns it', (host) => expect(isNear(host)).toBe(false))
