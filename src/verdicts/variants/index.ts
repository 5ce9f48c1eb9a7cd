export { judgeVariants } from './judge-variants.ts'
