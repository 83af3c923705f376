import { useChat, useRoom, useStore } from '@parley/react'
import { type ReactElement, useEffect, useState } from 'react'
import { ComposerField } from './composer-field.tsx'
import { useScope } from './conversation-scope.tsx'
import { TypingLine } from './typing-line.tsx'
import { WriteRefused } from './write-refused.tsx'
import { whyNotWrite } from './write-refusal.ts'
import './composer.css'

const LONGEST_TIMER = 2_000_000_000

/** Renders again when this time has come. */
function useNow(at: number | null): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (at === null) return
    const left = Math.min(LONGEST_TIMER, Math.max(0, at - Date.now()) + 50)
    const timer = setTimeout(() => setNow(Date.now()), left)
    return () => clearTimeout(timer)
  }, [at, now])
  return Math.max(now, 0)
}

/** Where one writes, or why one may not. */
export function Composer({ label }: { readonly label: string }): ReactElement | null {
  const { people } = useChat()
  const { roomId } = useScope()
  const { info } = useRoom(roomId)
  const blocked = useStore(people.blocked)
  const mutedUntil = info?.me?.mutedUntil ?? null
  const now = useNow(mutedUntil === null ? null : Date.parse(mutedUntil))
  if (info === null) return null
  const refused = whyNotWrite(info, blocked, now)
  return (
    <div className="conv-composer">
      <TypingLine />
      {refused === null ? (
        <ComposerField label={label} info={info} />
      ) : (
        <WriteRefused refusal={refused} info={info} />
      )}
    </div>
  )
}
