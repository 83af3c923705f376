import { Compass, Hash, Link, SquarePen, UserRound } from 'lucide-react'
import type { ReactElement } from 'react'
import { useDialogs } from '../app/dialogs.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { Menu } from '../ui/menu.tsx'

/** All ways into a conversation. */
export function NewMenu(): ReactElement {
  const { show } = useDialogs()
  return (
    <Menu
      label="Begin a conversation"
      trigger={<IconButton label="New message or room" icon={SquarePen} />}
      entries={[
        {
          id: 'message',
          label: 'New message',
          note: 'To one person or a few',
          icon: UserRound,
          onAction: () => show('new-message'),
        },
        { id: 'room', label: 'New room', icon: Hash, onAction: () => show('new-room') },
        'divider-join',
        { id: 'browse', label: 'Browse rooms', icon: Compass, onAction: () => show('browse') },
        { id: 'join', label: 'Join by invite', icon: Link, onAction: () => show('join') },
      ]}
    />
  )
}
