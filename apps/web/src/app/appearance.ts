import { createStore, type Store } from '@parley/client'

export type Theme = 'system' | 'light' | 'dark'
export type Density = 'cosy' | 'compact'

export interface Appearance {
  readonly theme: Theme
  readonly density: Density
}

const KEY = 'parley.appearance'
const DEFAULT: Appearance = { theme: 'system', density: 'cosy' }

const store = createStore<Appearance>(DEFAULT)
/** How this browser shows the page. Kept over a reload. */
export const appearance: Store<Appearance> = store

function parse(text: string | null): Appearance {
  try {
    const kept: unknown = JSON.parse(text ?? 'null')
    if (typeof kept !== 'object' || kept === null) return DEFAULT
    const { theme, density } = kept as Record<keyof Appearance, unknown>
    return {
      theme: theme === 'light' || theme === 'dark' ? theme : 'system',
      density: density === 'compact' ? density : 'cosy',
    }
  } catch {
    return DEFAULT
  }
}

function show({ theme, density }: Appearance): void {
  const root = document.documentElement
  if (theme === 'system') delete root.dataset['theme']
  else root.dataset['theme'] = theme
  root.dataset['density'] = density
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const isDark = theme === 'dark' || (theme === 'system' && meta.media.includes('dark'))
    meta.content = isDark ? '#101216' : '#f5f6f8'
  }
}

export function changeAppearance(change: Partial<Appearance>): void {
  const next = { ...store.current, ...change }
  store.set(next)
  show(next)
  try {
    localStorage.setItem(KEY, JSON.stringify(next))
  } catch {
    // Storage may be full or shut off: it holds until the page is left.
  }
}

/** Before the first render, so that nothing flashes. Other tabs follow. */
export function startAppearance(): void {
  let kept: string | null = null
  try {
    kept = localStorage.getItem(KEY)
  } catch {
    // As above.
  }
  store.set(parse(kept))
  show(store.current)
  window.addEventListener('storage', (event) => {
    if (event.key !== KEY) return
    store.set(parse(event.newValue))
    show(store.current)
  })
}
