import type { TimelineMessage } from '@parley/client'
import { Ellipsis, MessageSquareReply, Reply, SmilePlus } from 'lucide-react'
import type { ReactElement } from 'react'
import { navigate, threadHref } from '../app/route.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { useMay, useScope } from './conversation-scope.tsx'

/** Beside the row that the pointer or the keyboard is at. */
export function RowToolbar({ message }: { readonly message: TimelineMessage }): ReactElement {
  const { overlay, target, roomId, threadId } = useScope()
  const mayReact = useMay('message:react')
  const mayWrite = useMay('message:send')
  const isThere = message.deletedAt === undefined
  return (
    <div className="conv-toolbar" role="toolbar" aria-label="Message actions">
      {mayReact && isThere && (
        <IconButton
          size="sm"
          label="React"
          icon={SmilePlus}
          tooltipSide="top"
          onPress={({ target: anchor }) => overlay.set({ name: 'react', message, anchor })}
        />
      )}
      {mayWrite && isThere && (
        <IconButton
          size="sm"
          label="Reply"
          icon={Reply}
          tooltipSide="top"
          onPress={() => target.set({ name: 'reply', message })}
        />
      )}
      {mayWrite && threadId === undefined && (
        <IconButton
          size="sm"
          label="Reply in thread"
          icon={MessageSquareReply}
          tooltipSide="top"
          onPress={() => navigate(threadHref(roomId, message.seq))}
        />
      )}
      <IconButton
        size="sm"
        label="More actions"
        icon={Ellipsis}
        tooltipSide="top"
        aria-haspopup="menu"
        onPress={({ target: anchor }) => overlay.set({ name: 'menu', message, anchor })}
      />
    </div>
  )
}
