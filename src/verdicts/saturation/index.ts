export { judgeSaturation } from './judge-saturation.ts'
export { resources } from './registry.ts'
export type { LoadView } from './resource.ts'
