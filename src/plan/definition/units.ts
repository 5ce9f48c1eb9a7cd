/** `'30s'`, `'500ms'`, `'2m'`, `'1h'`, or a number of milliseconds. */
export type Duration = string | number
/** `'50/s'`, `'3000/m'`, `'1/h'`, or a number per second. */
export type Rate = string | number
/** `'64kB'`, `'1MB'`, `'1GiB'`, or a number of bytes. */
export type Bytes = string | number
