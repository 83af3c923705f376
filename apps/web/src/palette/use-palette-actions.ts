import { useChat } from '@parley/react'
import {
  Compass,
  Hash,
  Keyboard,
  Link,
  LogOut,
  MessageSquareText,
  Moon,
  Settings,
  SquarePen,
  Sun,
} from 'lucide-react'
import { changeAppearance } from '../app/appearance.ts'
import { type DialogName, useDialogs } from '../app/dialogs.tsx'
import { navigate, roomHref, settingsHref } from '../app/route.ts'
import { toastError } from '../ui/toaster.tsx'
import type { PaletteEntry } from './palette-sections.ts'

export interface PaletteActions {
  readonly actions: readonly PaletteEntry[]
  readonly run: (id: string) => void
}

const ACTIONS: readonly PaletteEntry[] = [
  { id: 'action:new-message', label: 'New message', icon: SquarePen },
  { id: 'action:new-room', label: 'New room', icon: Hash },
  { id: 'action:browse', label: 'Browse rooms', icon: Compass },
  { id: 'action:join', label: 'Join by invite', icon: Link },
  { id: 'action:status', label: 'Set a status text', icon: MessageSquareText },
  { id: 'action:settings', label: 'Settings', icon: Settings, shortcut: 'Mod+,' },
  { id: 'action:light', label: 'Light theme', icon: Sun },
  { id: 'action:dark', label: 'Dark theme', icon: Moon },
  { id: 'action:shortcuts', label: 'Keyboard shortcuts', icon: Keyboard, shortcut: '?' },
  { id: 'action:sign-out', label: 'Sign out', icon: LogOut },
]

const DIALOGS: readonly DialogName[] = [
  'new-message',
  'new-room',
  'browse',
  'join',
  'status',
  'shortcuts',
]

interface Ports {
  readonly onClose: () => void
  readonly onSignOut: () => void
}

export function usePaletteActions({ onClose, onSignOut }: Ports): PaletteActions {
  const { rooms } = useChat()
  const { show } = useDialogs()
  const write = async (userId: string): Promise<void> => {
    try {
      navigate(roomHref((await rooms.openDm([userId])).id))
    } catch (error) {
      toastError(error, 'The conversation was not opened.')
    }
  }
  const act = (name: string): void => {
    if (name === 'settings') navigate(settingsHref('profile'))
    else if (name === 'light' || name === 'dark') changeAppearance({ theme: name })
    else if (name === 'sign-out') onSignOut()
  }
  return {
    actions: ACTIONS,
    run(id) {
      const [kind, rest] = [id.slice(0, id.indexOf(':')), id.slice(id.indexOf(':') + 1)]
      const dialog = DIALOGS.find((name) => name === rest)
      if (kind === 'action' && dialog !== undefined) return show(dialog)
      onClose()
      if (kind === 'room') navigate(roomHref(rest))
      else if (kind === 'person') void write(rest)
      else act(rest)
    },
  }
}
