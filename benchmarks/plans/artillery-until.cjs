// Artillery knows how many users come, not how long they stay: each of them asks here before every turn of its loop.
const seconds = Number(process.env.BENCH_FOR)
let since

exports.notYet = (context, next) => {
  since ??= Date.now()
  next(Date.now() - since < seconds * 1000)
}
