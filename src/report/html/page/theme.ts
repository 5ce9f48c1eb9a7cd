/** Light, dark, or as the system says. Charts are painted, not styled, so they ask here and are told of changes. */
type Theme = 'auto' | 'light' | 'dark'

const listeners = new Set<() => void>()
const system = window.matchMedia('(prefers-color-scheme: dark)')
system.addEventListener('change', tell)

export function onThemeChange(listener: () => void): void {
  listeners.add(listener)
}

/** A colour of the style sheet, as it is now. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

function tell(): void {
  for (const listener of listeners) listener()
}

function put(theme: Theme): void {
  if (theme === 'auto') document.documentElement.removeAttribute('data-theme')
  else document.documentElement.dataset['theme'] = theme
  tell()
}

export function themeButton(): HTMLButtonElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'theme'
  const shown = () => {
    const dark = isDark()
    button.textContent = dark ? '☀ Light' : '☾ Dark'
    button.setAttribute('aria-label', dark ? 'Switch to light colours' : 'Switch to dark colours')
  }
  button.addEventListener('click', () => {
    put(isDark() ? 'light' : 'dark')
  })
  onThemeChange(shown)
  shown()
  return button
}

function isDark(): boolean {
  const { theme } = document.documentElement.dataset
  return theme === 'dark' || (theme === undefined && system.matches)
}

/** On paper: every test, every fold open, in light colours. */
export function printEverything(buildAll: () => void): void {
  let before: string | undefined
  let folds: HTMLDetailsElement[] = []
  window.addEventListener('beforeprint', () => {
    before = document.documentElement.dataset['theme']
    buildAll()
    folds = [...document.querySelectorAll('details')].filter((fold) => !fold.open)
    for (const fold of folds) fold.open = true
    put('light')
  })
  window.addEventListener('afterprint', () => {
    for (const fold of folds) fold.open = false
    put(before === 'light' || before === 'dark' ? before : 'auto')
  })
}
