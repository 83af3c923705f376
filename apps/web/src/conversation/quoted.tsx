import type { TimelineMessage } from '@parley/client'
import { CornerUpLeft } from 'lucide-react'
import type { ReactElement } from 'react'
import { useScope } from './conversation-scope.tsx'

/** What a message answers. Leads there. */
export function Quoted({ message }: { readonly message: TimelineMessage }): ReactElement {
  const { list } = useScope()
  const { quoted, replyTo } = message
  return (
    <button
      type="button"
      className="conv-quoted"
      onClick={() => {
        if (replyTo !== undefined) list.current?.jumpTo(replyTo)
      }}
    >
      <CornerUpLeft size={13} aria-hidden />
      {quoted === undefined || quoted === null ? (
        <span className="conv-quoted-text">An earlier message</span>
      ) : (
        <>
          <bdi className="conv-quoted-name truncate">{quoted.senderName}</bdi>
          <span className="conv-quoted-text truncate" dir="auto">
            {quoted.text ?? 'Deleted, or without words'}
          </span>
        </>
      )}
    </button>
  )
}
