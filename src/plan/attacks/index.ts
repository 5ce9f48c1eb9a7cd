export { attack } from './builders.ts'
export { attackObjectives } from './attack-objectives.ts'
export type { AttackContext } from './resolve-attacks.ts'
export { resolveAttacks } from './resolve-attacks.ts'
