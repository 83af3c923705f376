import type { TimelineMessage } from '@parley/client'
import type { ReactElement, ReactNode } from 'react'
import { clockTime, fullWhen, shortWhen } from '../app/time-words.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Attachments } from './attachments.tsx'
import { MessageText } from './message-text.tsx'
import { saidAt } from './row-look.ts'
import './message-row.css'

export interface MessageCardProps {
  readonly message: TimelineMessage
  /** Where it leads: to the message in its room. */
  readonly href?: string
  /** In the corner: a button. */
  readonly aside?: ReactNode
}

/** One message by itself: as pinned, found, or the first of a thread. */
export function MessageCard({ message, href, aside }: MessageCardProps): ReactElement {
  const { sender, text } = message
  const at = saidAt(message)
  return (
    <article
      className="conv-card"
      data-seq={message.seq}
      aria-label={`${sender.displayName}, ${clockTime(at)}`}
    >
      <Avatar name={sender.displayName} seed={sender.id} url={sender.avatarUrl} size={32} />
      <div className="conv-body">
        <div className="conv-head">
          <bdi className="conv-name truncate">{sender.displayName}</bdi>
          <time className="conv-time" dateTime={at} title={fullWhen(at)}>
            {shortWhen(at)}
          </time>
        </div>
        {message.deletedAt !== undefined && (
          <div className="conv-deleted">This message was deleted.</div>
        )}
        {text !== null && (
          <MessageText
            text={text}
            mentions={message.mentions}
            {...(message.mentionAll === undefined ? {} : { mentionAll: message.mentionAll })}
          />
        )}
        <Attachments message={message} />
        {href !== undefined && (
          <a className="conv-card-link" href={href}>
            Show in the conversation
          </a>
        )}
      </div>
      {aside !== undefined && <div className="conv-card-aside">{aside}</div>}
    </article>
  )
}
