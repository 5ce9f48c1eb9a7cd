export { Link } from './link.ts'
