export { startAttackers } from './start-attackers.ts'
export type { AttackThread } from './start-attackers.ts'
