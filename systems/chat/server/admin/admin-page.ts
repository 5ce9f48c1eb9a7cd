/** One page without anything from elsewhere; what comes from users is set as text, never as HTML. `NONCE` is replaced. */
export const adminPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Chat: live</title>
<style nonce="NONCE">
  :root { color-scheme: light dark; --back: #f5f6f8; --card: #fff; --text: #1b1f24; --soft: #66707c; --line: #d9dee4; --mark: #2563eb; --bad: #b91c1c }
  @media (prefers-color-scheme: dark) { :root { --back: #14171b; --card: #1d2126; --text: #e6e9ed; --soft: #98a2ad; --line: #333a42; --mark: #7aa7ff; --bad: #ff8a8a } }
  * { box-sizing: border-box }
  body { font: 15px/1.5 system-ui, sans-serif; margin: 0; background: var(--back); color: var(--text) }
  main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 3rem }
  header { display: flex; gap: 1rem; align-items: baseline; flex-wrap: wrap }
  h1 { font-size: 1.4rem; margin: 0 }
  h2 { font-size: 1rem; margin: 0 0 .5rem }
  #state { color: var(--soft) }
  #alerts { margin: 1rem 0; padding: .6rem 1rem; border: 1px solid var(--bad); border-radius: 8px; color: var(--bad); font-weight: 600 }
  .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); gap: .8rem; margin: 1rem 0 }
  .card, section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem }
  .card .name { color: var(--soft); font-size: .85rem }
  .card .value { font-size: 1.5rem; font-weight: 600; font-variant-numeric: tabular-nums }
  .card svg { display: block; width: 100%; height: 36px; margin-top: .3rem }
  polyline { fill: none; stroke: var(--mark); stroke-width: 1.5; vector-effect: non-scaling-stroke }
  .two { display: grid; grid-template-columns: 1fr 2fr; gap: .8rem }
  @media (max-width: 50rem) { .two { grid-template-columns: 1fr } }
  table { border-collapse: collapse; width: 100% }
  th { text-align: left; color: var(--soft); font-weight: 500; font-size: .85rem }
  td, th { padding: .15rem .8rem .15rem 0; vertical-align: top; overflow-wrap: anywhere }
  td { font-variant-numeric: tabular-nums }
  .none { color: var(--soft) }
  form { max-width: 22rem; margin: 4rem auto; display: grid; gap: .6rem }
  input, button { font: inherit; padding: .5rem .7rem; border-radius: 6px; border: 1px solid var(--line); background: var(--card); color: inherit }
  button { background: var(--mark); color: var(--card); border-color: var(--mark); cursor: pointer }
  [hidden] { display: none !important }
</style>
<main>
  <header><h1>Chat server</h1><span id="state" role="status">Loading …</span></header>
  <form id="log-in" hidden>
    <label for="password">Admin password</label>
    <input id="password" type="password" autocomplete="current-password" required>
    <button>Log in</button>
    <span id="refused" role="alert"></span>
  </form>
  <div id="board" hidden>
    <div id="alerts" role="alert" hidden></div>
    <div class="cards" id="cards"></div>
    <p id="gauges" class="none"></p>
    <div class="two">
      <section><h2>Blocked addresses</h2><table id="blocked"></table></section>
      <section><h2>Audit log</h2><table id="audit"></table></section>
    </div>
  </div>
</main>
<script nonce="NONCE">
  const at = (id) => document.getElementById(id)
  const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
  const fine = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
  const cards = [
    ['Connections', (s) => s.connections, whole.format],
    ['Messages in / s', (s) => s.messagesInPerSec, whole.format],
    ['Messages out / s', (s) => s.messagesOutPerSec, whole.format],
    ['Requests / s', (s) => s.requestsPerSec, whole.format],
    ['Failed requests / s', (s) => s.failedPerSec, fine.format],
    ['Failed log-ins / s', (s) => s.failedLogInsPerSec, fine.format],
    ['CPU of one core', (s) => s.cpuShare * 100, (v) => whole.format(v) + ' %'],
    ['Memory', (s) => s.memoryBytes / 1e6, (v) => whole.format(v) + ' MB'],
    ['Event loop late (p99)', (s) => s.loopDelayMs, (v) => fine.format(v) + ' ms'],
    ['Messages waiting', (s) => s.messagesWaiting, whole.format],
  ]
  const make = (name, text, kind) => {
    const element = document.createElement(name)
    if (text !== undefined) element.textContent = text
    if (kind) element.className = kind
    return element
  }
  function line(values) {
    const space = 'http://www.w3.org/2000/svg'
    const svg = document.createElementNS(space, 'svg')
    svg.setAttribute('viewBox', '0 0 119 36')
    svg.setAttribute('preserveAspectRatio', 'none')
    svg.setAttribute('aria-hidden', 'true')
    const most = Math.max(...values, 1e-9)
    const shape = document.createElementNS(space, 'polyline')
    shape.setAttribute('points', values.map((value, i) => (i + 120 - values.length) + ',' + (34 - 32 * value / most)).join(' '))
    svg.append(shape)
    return svg
  }
  function table(id, head, rows, none) {
    const body = rows.map((cells) => {
      const row = make('tr')
      row.append(...cells.map((cell) => make('td', cell ?? '')))
      return row
    })
    const top = make('tr')
    top.append(...head.map((name) => make('th', name)))
    at(id).replaceChildren(...(rows.length === 0 ? [make('caption', none, 'none')] : [top, ...body]))
  }
  function show(figures) {
    const now = figures.seconds.at(-1)
    const shown = now === undefined ? [] : cards.map(([name, of, format]) => {
      const card = make('div', undefined, 'card')
      card.append(make('div', name, 'name'), make('div', format(of(now)), 'value'), line(figures.seconds.map(of)))
      return card
    })
    at('cards').replaceChildren(...shown)
    at('gauges').textContent = Object.entries(figures.gauges).map(([name, value]) => name.replaceAll('_', ' ') + ' ' + whole.format(value)).join(' · ')
    at('alerts').hidden = figures.alerts.length === 0
    at('alerts').textContent = figures.alerts.join(', ')
    table('blocked', ['Address', 'Seconds left'], figures.blocked.map(({ address, sec }) => [address, whole.format(Math.ceil(sec))]), 'None')
    table('audit', ['Time', 'What', 'User', 'Address', 'Detail'], figures.audit.map(({ atMs, kind, user, address, detail }) =>
      [new Date(atMs).toLocaleTimeString(), kind, user, address, detail]), 'Nothing yet')
    at('state').textContent = 'up ' + whole.format(figures.upSec) + ' s, updated ' + new Date().toLocaleTimeString()
  }
  async function refresh() {
    try {
      const answer = await fetch('/admin/figures')
      at('log-in').hidden = answer.status !== 401
      at('board').hidden = !answer.ok
      if (answer.status === 401) { at('state').textContent = ''; return }
      if (!answer.ok) throw new Error('status ' + answer.status)
      show(await answer.json())
    } catch (error) {
      at('state').textContent = 'Not available: ' + error.message
    }
    setTimeout(refresh, 1000)
  }
  at('log-in').addEventListener('submit', async (event) => {
    event.preventDefault()
    const answer = await fetch('/admin/login', {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ password: at('password').value }),
    })
    at('refused').textContent = answer.ok ? '' : answer.status === 401 ? 'Wrong password.' : 'Not now: status ' + answer.status
    at('password').value = ''
    if (answer.ok) await refresh()
  })
  refresh()
</script>
</html>
`
