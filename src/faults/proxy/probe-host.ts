/** Where connections of our own come from when we look whether a toxic does what it says: an address of the loopback network that nobody else uses. */
export const probeHost = '127.112.114.111'
