#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`proofload needs Node 20.19 or later, this is ${process.version}.`)
  process.exit(2)
}
await import('../dist/cli/main.js')
