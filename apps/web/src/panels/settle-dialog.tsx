import { useUser } from '@parley/react'
import type { ReactElement } from 'react'
import { RestrictDialog } from './act-dialog.tsx'

export interface SettleChoice {
  readonly action: 'dismiss' | 'delete' | 'mute' | 'ban' | 'kick'
  readonly forS?: number
  readonly reason?: string
}

export interface SettleDialogProps {
  readonly userId: string
  readonly action: 'mute' | 'ban' | 'kick'
  readonly settle: (choice: SettleChoice) => Promise<void>
  readonly onClose: () => void
}

/** For how long, and why; done and settled in one. */
export function SettleDialog({ userId, action, settle, onClose }: SettleDialogProps): ReactElement {
  const user = useUser(userId)
  return (
    <RestrictDialog
      name={user?.displayName ?? 'the sender'}
      act={action}
      onDo={(options) => settle({ action, ...options })}
      onClose={onClose}
    />
  )
}
