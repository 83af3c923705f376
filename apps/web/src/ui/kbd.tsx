import type { ReactElement } from 'react'
import './small.css'

export const isMac = (): boolean =>
  typeof navigator !== 'undefined' && /Mac|iPhone|iPad/u.test(navigator.userAgent)

const NAMES: Record<string, readonly [mac: string, other: string]> = {
  Mod: ['⌘', 'Ctrl'],
  Alt: ['⌥', 'Alt'],
  Shift: ['⇧', 'Shift'],
  Up: ['↑', '↑'],
  Down: ['↓', '↓'],
  Enter: ['↩', 'Enter'],
}

export interface KbdProps {
  /** `Mod+Shift+F`: `Mod` is Command on a Mac and Ctrl elsewhere. */
  readonly keys: string
}

/** Keys of a shortcut. Not said: `aria-keyshortcuts` or words are for that. */
export function Kbd({ keys }: KbdProps): ReactElement {
  const side = isMac() ? 0 : 1
  return (
    <span className="ui-kbd" aria-hidden>
      {keys.split('+').map((key) => (
        <kbd key={key}>{NAMES[key]?.[side] ?? key}</kbd>
      ))}
    </span>
  )
}
