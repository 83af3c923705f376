import type { TimelineMessage } from '@parley/client'
import { MessagesSquare } from 'lucide-react'
import type { ReactElement } from 'react'
import { threadHref } from '../app/route.ts'

/** How many have answered in the thread that hangs on a message. */
export function ThreadLink({ message }: { readonly message: TimelineMessage }): ReactElement {
  const replies = message.thread?.replies ?? 0
  return (
    <a className="conv-thread" href={threadHref(message.roomId, message.seq)}>
      <MessagesSquare size={14} aria-hidden />
      {replies} {replies === 1 ? 'reply' : 'replies'}
    </a>
  )
}
