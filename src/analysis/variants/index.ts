export { compareBlocks } from './blocks.ts'
