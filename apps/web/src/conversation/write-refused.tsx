import type { RoomInfo } from '@parley/client'
import { useChat } from '@parley/react'
import { Archive, Ban, Lock, MicOff, Snowflake } from 'lucide-react'
import type { ReactElement } from 'react'
import { useAction } from '../dialogs/use-action.ts'
import { Button } from '../ui/button.tsx'
import { errorText } from '../ui/error-text.ts'
import type { WriteRefusal } from './write-refusal.ts'

const ICONS = {
  archived: Archive,
  frozen: Snowflake,
  muted: MicOff,
  forbidden: Lock,
  blocked: Ban,
  'not-member': Lock,
} as const

/** In place of the field: why one may not write here. */
export function WriteRefused({
  refusal,
  info,
}: {
  readonly refusal: WriteRefusal
  readonly info: RoomInfo
}): ReactElement {
  const { people } = useChat()
  const { isBusy, error, run } = useAction()
  const Icon = ICONS[refusal.name]
  const peerId = info.peers?.[0]?.id
  return (
    <div className="conv-refused" role="note">
      <Icon size={17} aria-hidden />
      <span dir="auto">{error === null ? refusal.text : errorText(error)}</span>
      {refusal.name === 'blocked' && peerId !== undefined && (
        <Button size="sm" isPending={isBusy} onPress={() => void run(() => people.unblock(peerId))}>
          Unblock
        </Button>
      )}
    </div>
  )
}
