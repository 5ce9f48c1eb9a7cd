import { plan, scenario } from 'proofload'
import { createHash } from 'node:crypto'

// No server: a function of your own is the thing under test. It runs inside the generator's threads and shares their CPU.
function fingerprint(text: string): string {
  let digest = text
  for (let round = 0; round < 50; round += 1) digest = createHash('sha256').update(digest).digest('hex')
  return digest
}

const work = scenario(async ({ step, check, think, vu }) => {
  const digest = await step('fingerprint', () => fingerprint(`user ${vu.id}, iteration ${vu.iteration}`))
  check('64 hexadecimal digits', /^[0-9a-f]{64}$/.test(digest))
  await think('10ms')
})

export default plan({
  scenarios: { work },
  objectives: ['p95(step:fingerprint) < 20ms', 'checks = 100%'],
  tests: { 'in process': { users: 4, for: '15s' } },
})
