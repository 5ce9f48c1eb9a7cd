import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml'
import type { Document, Node, Pair } from 'yaml'
import type { Path, ProblemPart } from '../base/check.ts'

/** Offset of a value or of its key; of what is missing, of the object that should have it. Undefined where the file says nothing of it. */
export function offsetOf(document: Document, path: Path, part: ProblemPart): number | undefined {
  let node: Node | undefined = isNode(document.contents) ? document.contents : undefined
  let offset: number | undefined
  for (const [depth, key] of path.entries()) {
    const inner = isAlias(node) ? node.resolve(document) : node
    const pair: Pair | undefined = isMap(inner) ? inner.items.find((item) => wordOf(item.key) === String(key)) : undefined
    const value = isSeq(inner) ? inner.items[Number(key)] : pair?.value
    const last = depth === path.length - 1
    // A missing key of an object that the plan itself wrote is the plan's mistake.
    if (pair === undefined && value === undefined) return part === 'missing' && depth > 1 ? offset : undefined
    node = isNode(value) ? value : undefined
    const place = (last && part === 'key') || node === undefined ? pair?.key : node
    offset = isNode(place) && place.range ? place.range[0] : offset
  }
  return offset
}

function wordOf(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined
}
