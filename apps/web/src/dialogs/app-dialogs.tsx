import type { ReactElement } from 'react'
import { useDialogs } from '../app/dialogs.tsx'
import { Palette } from '../palette/palette.tsx'
import { BrowseDialog } from './browse-dialog.tsx'
import { JoinDialog } from './join-dialog.tsx'
import { NewMessageDialog } from './new-message-dialog.tsx'
import { NewRoomDialog } from './new-room-dialog.tsx'
import { ShortcutsDialog } from './shortcuts-dialog.tsx'
import { StatusDialog } from './status-dialog.tsx'

export interface AppDialogsProps {
  readonly roomId: string | null
  readonly onSignOut: () => void
}

/** All that can be opened from anywhere. What is shut forgets what was typed. */
export function AppDialogs({ roomId, onSignOut }: AppDialogsProps): ReactElement {
  const { open, close } = useDialogs()
  const props = (name: typeof open) => ({ isOpen: open === name, onClose: close })
  return (
    <>
      <NewRoomDialog {...props('new-room')} />
      <NewMessageDialog {...props('new-message')} />
      <BrowseDialog {...props('browse')} />
      <JoinDialog {...props('join')} />
      <StatusDialog {...props('status')} />
      <ShortcutsDialog {...props('shortcuts')} />
      <Palette {...props('palette')} roomId={roomId} onSignOut={onSignOut} />
    </>
  )
}
