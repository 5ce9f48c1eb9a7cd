export { compareBlocks } from './blocks.ts'
export type { BlockOptions, Blocks } from './blocks.ts'
