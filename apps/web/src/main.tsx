// First, so that what a component says of itself comes after it.
import './style/tokens.css'
import './style/base.css'
import { createAccounts, createStore } from '@parley/client'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { startAppearance } from './app/appearance.ts'
import type { SessionEnd } from './sign-in/session-end.ts'

startAppearance()
const ended = createStore<SessionEnd | null>(null)
const accounts = createAccounts({ onEnd: ended.set })
const place = document.getElementById('app')
if (place === null) throw new Error('the page has no #app')
createRoot(place).render(
  <StrictMode>
    <App accounts={accounts} ended={ended} />
  </StrictMode>,
)
