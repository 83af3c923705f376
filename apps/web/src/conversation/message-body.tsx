import type { TimelineMessage } from '@parley/client'
import { CircleSlash, Puzzle } from 'lucide-react'
import { memo, type ReactElement } from 'react'
import { fullWhen } from '../app/time-words.ts'
import { Attachments } from './attachments.tsx'
import { useScope } from './conversation-scope.tsx'
import { LinkPreviews } from './link-previews.tsx'
import { MessageText } from './message-text.tsx'
import { Quoted } from './quoted.tsx'
import { Reactions } from './reactions.tsx'
import { ThreadLink } from './thread-link.tsx'

function Edited({ message }: { readonly message: TimelineMessage }): ReactElement {
  const { overlay } = useScope()
  return (
    <button
      type="button"
      className="conv-edited"
      title={message.editedAt === undefined ? undefined : `Edited ${fullWhen(message.editedAt)}`}
      onClick={({ currentTarget }) =>
        overlay.set({ name: 'versions', message, anchor: currentTarget })
      }
    >
      edited
    </button>
  )
}

/** Something with a type that this page does not know: said, not left out. */
function Unknown({ message }: { readonly message: TimelineMessage }): ReactElement {
  return (
    <div className="conv-unknown">
      <Puzzle size={18} aria-hidden />
      <span>
        <strong>{message.type}</strong>
        <span className="conv-unknown-note">This page cannot show messages of this type.</span>
      </span>
    </div>
  )
}

/** All that was said, without who said it. */
export const MessageBody = memo(function MessageBody({
  message,
}: {
  readonly message: TimelineMessage
}): ReactElement {
  const { overlay, threadId } = useScope()
  const { text, previews = [], reactions, thread, version, deletedAt } = message
  if (deletedAt !== undefined) {
    return (
      <>
        <div className="conv-deleted">
          <CircleSlash size={14} aria-hidden /> This message was deleted.
        </div>
        {thread !== undefined && threadId === undefined && <ThreadLink message={message} />}
      </>
    )
  }
  const isUnknown = message.payload !== undefined || (text === null && message.type !== 'text')
  return (
    <>
      {message.replyTo !== undefined && <Quoted message={message} />}
      {text !== null && (
        <MessageText
          text={text}
          mentions={message.mentions}
          after={version > 0 && <Edited message={message} />}
          {...(message.mentionAll === undefined ? {} : { mentionAll: message.mentionAll })}
        />
      )}
      {version > 0 && text === null && <Edited message={message} />}
      {isUnknown && <Unknown message={message} />}
      <Attachments
        message={message}
        onPicture={(fileId, anchor) => overlay.set({ name: 'picture', message, anchor, fileId })}
      />
      {previews.length > 0 && <LinkPreviews previews={previews} />}
      {reactions.length > 0 && <Reactions message={message} />}
      {thread !== undefined && threadId === undefined && <ThreadLink message={message} />}
    </>
  )
})
