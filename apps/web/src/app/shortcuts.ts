import { useEffect, useEffectEvent } from 'react'
import { isMac } from '../ui/kbd.tsx'

export interface Keys {
  readonly key: string
  readonly mod: boolean
  readonly alt: boolean
  readonly shift: boolean
}

const NAMED: Record<string, string> = { up: 'arrowup', down: 'arrowdown', esc: 'escape' }

/** `Mod+Shift+F`: `Mod` is Command on a Mac, else Ctrl. */
export function parseKeys(keys: string): Keys {
  const parts = keys.toLowerCase().split('+')
  const last = parts.at(-1) ?? ''
  return {
    key: NAMED[last] ?? last,
    mod: parts.includes('mod'),
    alt: parts.includes('alt'),
    shift: parts.includes('shift'),
  }
}

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

export function isPressed(keys: Keys, event: Pressed, onMac: boolean): boolean {
  const [mod, other] = onMac ? [event.metaKey, event.ctrlKey] : [event.ctrlKey, event.metaKey]
  // Where a sign is on a keyboard is no matter: `?` needs Shift on some of them.
  const isSign = keys.key.length === 1 && !/[a-z0-9]/u.test(keys.key)
  return (
    event.key.toLowerCase() === keys.key &&
    mod === keys.mod &&
    !other &&
    event.altKey === keys.alt &&
    (isSign || event.shiftKey === keys.shift)
  )
}

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))

/** A notice is an `alertdialog` too, and takes no keys. */
const OVERLAYS = '[role="dialog"], [role="menu"], .ui-scrim, .ui-select-list'

const hasOverlay = (): boolean =>
  [...document.querySelectorAll(OVERLAYS)].some((one) => one.closest('[data-exiting]') === null)

export interface ShortcutOptions {
  /** Also while somebody types. By default with a modifier only. */
  readonly inFields?: boolean
  /** Also over dialogs and menus. */
  readonly inOverlays?: boolean
}

/** A key for the whole page. The handler may answer `false`: then the key does what it does by itself. */
export function useShortcut(
  keys: string,
  onPress: (event: KeyboardEvent) => boolean | void,
  options: ShortcutOptions = {},
): void {
  const { inOverlays = false } = options
  const inFields = options.inFields ?? /mod|alt/iu.test(keys)
  const press = useEffectEvent(onPress)
  useEffect(() => {
    const wanted = parseKeys(keys)
    const onMac = isMac()
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || !isPressed(wanted, event, onMac)) return
      if ((!inFields && isField(event.target)) || (!inOverlays && hasOverlay())) return
      if (press(event) === false) return
      event.preventDefault()
      event.stopPropagation()
    }
    // Before what has the focus: a button with a menu would open it by Alt and Down.
    const phase = { capture: wanted.mod || wanted.alt }
    window.addEventListener('keydown', listen, phase)
    return () => window.removeEventListener('keydown', listen, phase)
  }, [keys, inFields, inOverlays])
}
