export { pressureFault } from './inject-pressure.ts'
export { isPressure } from './registry.ts'
