/** The few JSON Schema words that the routes use. */
export const integer = { type: 'integer' } as const
export const number = { type: 'number' } as const
export const text = { type: 'string' } as const

export const object = (properties: Readonly<Record<string, unknown>>) =>
  ({ type: 'object', required: Object.keys(properties), properties }) as const

export const listOf = (items: unknown) => ({ type: 'array', items }) as const

/** PostgreSQL's integer: a larger number cannot be an id. */
export const id = { type: 'integer', minimum: 1, maximum: 2_147_483_647 } as const
export const idParams = object({ id })
