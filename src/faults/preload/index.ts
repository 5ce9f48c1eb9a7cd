export { preloadFault } from './preload-fault.ts'
export type { PreloadHost } from './preload-host.ts'
export { openPreload } from './preload-host.ts'
