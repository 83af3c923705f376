import { useChat, useRoom, useServerNow, useStore } from '@parley/react'
import type { ReactElement } from 'react'
import { ComposerField } from './composer-field.tsx'
import { useScope } from './conversation-scope.tsx'
import { TypingLine } from './typing-line.tsx'
import { WriteRefused } from './write-refused.tsx'
import { whyNotWrite } from './write-refusal.ts'
import './composer.css'

/** Where one writes, or why one may not. */
export function Composer({
  label,
  isWanted = false,
}: {
  readonly label: string
  /** It was opened to write in it: it takes the focus, but where that brings up a keyboard. */
  readonly isWanted?: boolean
}): ReactElement | null {
  const { people } = useChat()
  const { roomId } = useScope()
  const { info } = useRoom(roomId)
  const blocked = useStore(people.blocked)
  const mutedUntil = info?.me?.mutedUntil ?? null
  const now = useServerNow(mutedUntil === null ? null : Date.parse(mutedUntil))
  if (info === null) return null
  const refused = whyNotWrite(info, blocked, now)
  return (
    <div className="conv-composer">
      <TypingLine />
      {refused === null ? (
        <ComposerField label={label} info={info} isWanted={isWanted} />
      ) : (
        <WriteRefused refusal={refused} info={info} />
      )}
    </div>
  )
}
