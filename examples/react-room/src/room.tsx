import type { TimelineMessage } from '@parley/client'
import {
  useChat,
  useDraft,
  useMessages,
  useReading,
  useRoom,
  useSend,
  useTyping,
  useUser,
} from '@parley/react'
import { memo, useEffect, useLayoutEffect, useRef } from 'react'

export function Room({ roomId, isLive }: { roomId: string; isLive: boolean }) {
  const { info } = useRoom(roomId)
  return (
    <main>
      <header>
        <h1>{info?.name}</h1>
        <span role="status">{isLive ? '' : 'Connecting…'}</span>
      </header>
      <Messages roomId={roomId} />
      <Composer roomId={roomId} />
    </main>
  )
}

function Messages({ roomId }: { roomId: string }) {
  const { timeline, messages } = useMessages(roomId)
  const { markRead } = useReading(roomId)
  const list = useRef<HTMLOListElement>(null)
  const fromEnd = useRef(0)
  const last = timeline.items.at(-1)?.key

  // As far from the end as before: at the bottom it follows, and what is loaded above moves nothing.
  useLayoutEffect(() => {
    const { current } = list
    if (current !== null) current.scrollTop = current.scrollHeight - fromEnd.current
  }, [timeline.prepended, last])
  useEffect(() => {
    if (document.visibilityState === 'visible') markRead()
  }, [last, markRead])

  const onScroll = () => {
    const { current } = list
    if (current === null) return
    const isAtEnd = current.scrollHeight - current.scrollTop - current.clientHeight < 40
    fromEnd.current = isAtEnd ? 0 : current.scrollHeight - current.scrollTop
    if (current.scrollTop < 200 && timeline.hasBefore) void messages.loadBefore()
  }

  if (timeline.error !== null) return <p className="note">{timeline.error.message}</p>
  return (
    <ol ref={list} onScroll={onScroll} aria-live="polite" aria-label="Messages" tabIndex={0}>
      {timeline.items.map((item) => (
        <Row key={item.key} item={item} roomId={roomId} />
      ))}
    </ol>
  )
}

const Row = memo(function Row({ item, roomId }: { item: TimelineMessage; roomId: string }) {
  const { messages } = useChat().rooms.get(roomId)
  const { sender, text, state, isMine, ts } = item
  return (
    <li className={`${isMine ? 'mine' : ''} ${state.name}`}>
      {!isMine && <b>{sender.displayName}</b>}
      <p dir="auto">{text ?? <i>deleted</i>}</p>
      {state.name === 'failed' ? (
        <small role="alert">
          {state.error.message} <button onClick={() => messages.retry(item.key)}>Try again</button>
        </small>
      ) : (
        <time dateTime={ts}>{new Date(ts).toLocaleTimeString([], { timeStyle: 'short' })}</time>
      )}
    </li>
  )
})

function Composer({ roomId }: { roomId: string }) {
  const [text, setText] = useDraft(roomId)
  const { userIds, others, keystroke } = useTyping(roomId)
  const typist = useUser(userIds[0] ?? null)
  const more = userIds.length - 1 + others
  const send = useSend(roomId)
  const submit = () => {
    if (text.trim() === '') return
    send(text)
    setText('')
  }
  return (
    <form action={submit}>
      <small role="status">
        {typist !== null && `${typist.displayName}${more > 0 ? ` and ${more} more` : ''} writing…`}
      </small>
      <input
        aria-label="Message"
        placeholder="Say something"
        autoComplete="off"
        dir="auto"
        value={text}
        onChange={({ target }) => {
          setText(target.value)
          if (target.value !== '') keystroke()
        }}
      />
      <button disabled={text.trim() === ''}>Send</button>
    </form>
  )
}
