import type { RoomListItem } from '@parley/client'
import { useChat } from '@parley/react'
import { useDialogs } from './dialogs.tsx'
import type { Panel } from './panel.ts'
import { navigate, roomHref, settingsHref } from './route.ts'
import { useShortcut } from './shortcuts.ts'

export interface AppShortcutsPorts {
  readonly roomId: string | null
  readonly panel: Panel
  readonly onPanel: (panel: Panel) => void
}

/** The room `step` places further in the list, round at its ends; `null`: there is no other. */
export function roomBeside(
  rooms: readonly RoomListItem[],
  roomId: string | null,
  step: 1 | -1,
  isWanted: (room: RoomListItem) => boolean = () => true,
): string | null {
  const at = rooms.findIndex(({ info }) => info.id === roomId)
  const start = at === -1 && step === -1 ? 0 : at
  for (let distance = 1; distance <= rooms.length; distance += 1) {
    const index = (start + step * distance + rooms.length * 2) % rooms.length
    const room = rooms[index]
    if (room !== undefined && room.info.id !== roomId && isWanted(room)) return room.info.id
  }
  return null
}

const hasUnread = ({ info }: RoomListItem): boolean => (info.me?.unread ?? 0) > 0

/** A field of the conversation has its own use for Escape, and one with words in it keeps them. */
function isInUse(target: EventTarget | null): boolean {
  const isField = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement
  return isField && (target.value !== '' || target.closest('.shell-panel') === null)
}

/** Keys that work on the whole page. `shortcut-list.ts` names them for people. */
export function useAppShortcuts({ roomId, panel, onPanel }: AppShortcutsPorts): void {
  const { rooms } = useChat()
  const { show } = useDialogs()
  const go = (step: 1 | -1, isWanted?: (room: RoomListItem) => boolean): void => {
    const next = roomBeside(rooms.list.current.rooms, roomId, step, isWanted)
    if (next !== null) navigate(roomHref(next))
  }
  const search = (): boolean => {
    if (roomId === null) show('palette')
    else onPanel('search')
    return true
  }
  useShortcut('Mod+K', () => show('palette'))
  useShortcut('Alt+Up', () => go(-1))
  useShortcut('Alt+Down', () => go(1))
  useShortcut('Alt+Shift+Up', () => go(-1, hasUnread))
  useShortcut('Alt+Shift+Down', () => go(1, hasUnread))
  useShortcut('Mod+Shift+F', search)
  useShortcut('/', search)
  useShortcut('?', () => show('shortcuts'))
  useShortcut('Mod+,', () => navigate(settingsHref('profile')))
  useShortcut(
    'Esc',
    ({ target }) => {
      if (isInUse(target)) return false
      if (panel !== null) onPanel(null)
      else if (roomId !== null) rooms.get(roomId).reading.markRead()
      return true
    },
    { inFields: true },
  )
}
