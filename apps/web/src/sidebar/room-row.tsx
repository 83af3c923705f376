import type { RoomListItem } from '@parley/client'
import { useChat, usePresence, useToday, useTyping, useUser } from '@parley/react'
import { Archive, BellOff, Lock, PenLine, Snowflake } from 'lucide-react'
import { memo, type ReactElement } from 'react'
import { roomHref } from '../app/route.ts'
import { roomTitle } from '../app/room-title.ts'
import { shortWhen } from '../app/time-words.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Badge } from '../ui/badge.tsx'

export interface RoomRowProps {
  readonly item: RoomListItem
  readonly isOpen: boolean
  readonly hasDraft: boolean
}

const NOBODY: readonly string[] = []

/** Where it leads, what was said last, and what is unread. */
export const RoomRow = memo(function RoomRow({ item, isOpen, hasDraft }: RoomRowProps) {
  const { info, activeAt } = item
  const title = roomTitle(info)
  const today = useToday()
  const unread = info.me?.unread ?? 0
  const isMuted = info.me?.notify === 'none'
  return (
    <a
      className="sidebar-row"
      href={roomHref(info.id)}
      aria-current={isOpen ? 'page' : undefined}
      data-unread={(unread > 0 && !isMuted) || undefined}
      data-muted={isMuted || undefined}
      data-room={info.id}
    >
      <RoomAvatar item={item} title={title} />
      <span className="sidebar-row-words">
        <span className="sidebar-row-line">
          <span className="sidebar-row-title truncate" dir="auto" title={title}>
            {title}
          </span>
          {info.visibility === 'private' && info.kind === 'room' && (
            <Lock size={12} aria-label="private" />
          )}
          {info.archived && <Archive size={13} aria-label="archived" />}
          {info.frozen && !info.archived && <Snowflake size={13} aria-label="frozen" />}
          {isMuted && <BellOff size={13} aria-label="muted" />}
          <time className="sidebar-row-when" dateTime={new Date(activeAt).toISOString()}>
            {shortWhen(activeAt, today)}
          </time>
        </span>
        <span className="sidebar-row-line">
          <LatestLine item={item} hasDraft={hasDraft} />
          <Unread item={item} />
        </span>
      </span>
    </a>
  )
})

function RoomAvatar({ item, title }: { item: RoomListItem; title: string }): ReactElement {
  const { id, kind, avatarUrl, peers } = item.info
  const peerId = kind === 'dm' ? (peers?.[0]?.id ?? null) : null
  const peer = useUser(peerId)
  const states = usePresence(peerId === null ? NOBODY : [peerId])
  if (peerId === null) {
    const shape = kind === 'room' ? 'square' : 'round'
    return <Avatar name={title} seed={id} url={avatarUrl} size={40} shape={shape} />
  }
  return (
    <Avatar
      name={title}
      seed={peerId}
      url={peer?.avatarUrl ?? null}
      size={40}
      presence={states.get(peerId)?.status ?? null}
    />
  )
}

function TypingName({ userId }: { readonly userId: string }): ReactElement {
  return <>{useUser(userId)?.displayName ?? 'Somebody'}</>
}

function LatestLine({ item, hasDraft }: Omit<RoomRowProps, 'isOpen'>): ReactElement {
  const { info, latest } = item
  const { userIds, others } = useTyping(info.id)
  const me = useChat().me.current
  const [typist] = userIds
  if (typist !== undefined) {
    const isMany = userIds.length + others > 1
    return (
      <span className="sidebar-row-latest truncate" data-typing dir="auto">
        {info.kind !== 'dm' && (isMany ? 'Several people ' : <TypingName userId={typist} />)}{' '}
        {info.kind === 'dm' ? 'typing…' : isMany ? 'are typing…' : 'is typing…'}
      </span>
    )
  }
  if (hasDraft) {
    return (
      <span className="sidebar-row-latest truncate" data-draft>
        <PenLine size={13} aria-hidden /> Draft
      </span>
    )
  }
  if (latest === null) {
    return (
      <span className="sidebar-row-latest truncate" dir="auto">
        {info.topic ?? (info.lastMsgNo === 0 ? 'No messages yet' : '')}
      </span>
    )
  }
  const author = latest.senderId === me?.id ? 'You' : latest.senderName
  const hasAuthor = author !== '' && (info.kind !== 'dm' || author === 'You')
  return (
    <span className="sidebar-row-latest truncate" dir="auto">
      {hasAuthor && <bdi>{author}: </bdi>}
      {latest.text === null ? <i>without words</i> : latest.text}
    </span>
  )
}

function Unread({ item }: { readonly item: RoomListItem }): ReactElement | null {
  const { me } = item.info
  if (me === undefined || me.unread === 0) return null
  const { unread, mentions, notify } = me
  return (
    <span className="sidebar-row-badges">
      {mentions > 0 && (
        <Badge count={mentions} kind="mention" label={`${mentions} mentions of you,`} />
      )}
      <Badge
        count={unread}
        kind={notify === 'none' ? 'muted' : 'unread'}
        label={`${unread} unread`}
      />
    </span>
  )
}
