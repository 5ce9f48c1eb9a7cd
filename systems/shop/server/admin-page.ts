/** One page without dependencies; figures are set as text, never as HTML. */
export const adminPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Shop: live figures</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
  td { padding: .2rem 1rem .2rem 0 } td:last-child { font-variant-numeric: tabular-nums; text-align: right }
</style>
<h1>Live figures</h1>
<p id="state" role="status">Loading …</p>
<table><tbody id="figures"></tbody></table>
<script>
  const flat = (value, name) => typeof value === 'object' ? Object.entries(value).flatMap(([key, inner]) => flat(inner, name ? name + '.' + key : key)) : [[name, value]]
  async function refresh() {
    try {
      const answer = await fetch('/admin/figures')
      if (!answer.ok) throw new Error('status ' + answer.status)
      const rows = flat(await answer.json(), '').map((cells) => {
        const row = document.createElement('tr')
        for (const cell of cells) row.insertCell().textContent = cell
        return row
      })
      document.getElementById('figures').replaceChildren(...rows)
      document.getElementById('state').textContent = 'Updated ' + new Date().toLocaleTimeString()
    } catch (error) {
      document.getElementById('state').textContent = 'Not available: ' + error.message
    }
    setTimeout(refresh, 1000)
  }
  refresh()
</script>
</html>
`
