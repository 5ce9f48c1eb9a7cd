const tables = [,]

/** Each step runs once, in order, in a transaction of its own. Append; never change one that has shipped. */
export const migrations: readonly (readonly string[])[] = [tables]
