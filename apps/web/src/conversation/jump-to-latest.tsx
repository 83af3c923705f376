import type { Store, Timeline } from '@parley/client'
import { useSelected, useStore } from '@parley/react'
import { ArrowDown } from 'lucide-react'
import type { ReactElement } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { useScope } from './conversation-scope.tsx'

export interface JumpToLatestProps {
  readonly isAtBottom: Store<boolean>
  readonly timeline: Timeline
  readonly isMain: boolean
}

const unreadOf = ({ unread }: { readonly unread: number }): number => unread

/** Leads back to the end, and tells how much has come in there. */
export function JumpToLatest({
  isAtBottom,
  timeline,
  isMain,
}: JumpToLatestProps): ReactElement | null {
  const { room, list } = useScope()
  const isThere = useStore(isAtBottom)
  const unread = useSelected(room.reading.mine, unreadOf)
  if (timeline.items.length === 0 || (isThere && !timeline.hasAfter)) return null
  const count = isMain ? unread : 0
  const words = count === 0 ? '' : `, ${count} new`
  return (
    <AriaButton
      className="conv-jump"
      aria-label={`Jump to latest${words}`}
      onPress={() => list.current?.toLatest()}
    >
      <ArrowDown size={18} aria-hidden />
      {count > 0 && <span className="conv-jump-count">{count > 999 ? '999+' : count}</span>}
    </AriaButton>
  )
}
