import type { ObjectiveSpec } from '../model/objective-spec.ts'

/** Does the value satisfy `OP VALUE`? */
export function holds(value: number, { op, value: limit }: Pick<ObjectiveSpec, 'op' | 'value'>): boolean {
  switch (op) {
    case '<':
      return value < limit
    case '<=':
      return value <= limit
    case '>':
      return value > limit
    case '>=':
      return value >= limit
    case '=':
      return value === limit
    case '!=':
      return value !== limit
  }
}
