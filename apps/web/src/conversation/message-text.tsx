import { createStore, type People, type Store } from '@parley/client'
import { useChat, useMe, useStore } from '@parley/react'
import type { User } from '@parley/message-schema'
import { memo, type ReactElement, type ReactNode, useMemo } from 'react'
import { isEmojiOnly, type Mentionable, parseText, type TextPart } from './parse-text.ts'

export interface MessageTextProps {
  readonly text: string
  readonly mentions: readonly string[]
  readonly mentionAll?: 'room' | 'here'
  /** After the last word. */
  readonly after?: ReactNode
}

const NOBODY: Store<readonly (User | null)[]> = createStore([])

/** Several people as one store. */
function peopleOf(people: People, ids: readonly string[]): Store<readonly (User | null)[]> {
  const stores = ids.map((id) => people.get(id))
  let last: readonly (User | null)[] = stores.map(({ current }) => current)
  return {
    get current() {
      const now = stores.map(({ current }) => current)
      if (now.some((user, index) => user !== last[index])) last = now
      return last
    },
    subscribe(listener) {
      const ends = stores.map((store) => store.subscribe(listener))
      return () => ends.forEach((end) => end())
    },
  }
}

function useMentionable(
  ids: readonly string[],
  all: 'room' | 'here' | undefined,
): readonly Mentionable[] {
  const { people } = useChat()
  const store = useMemo(() => (ids.length === 0 ? NOBODY : peopleOf(people, ids)), [people, ids])
  const known = useStore(store)
  return useMemo(() => {
    const named = known.flatMap((user): Mentionable[] => {
      if (user === null) return []
      const { id: userId, displayName, username } = user
      return [displayName, username].flatMap((name) => (name === null ? [] : { userId, name }))
    })
    return all === undefined ? named : [...named, { userId: null, name: all }]
  }, [known, all])
}

function Part({ part, myId }: { readonly part: TextPart; readonly myId: string | undefined }) {
  switch (part.kind) {
    case 'words':
      return part.text
    case 'link':
      return (
        <a href={part.href} target="_blank" rel="noopener noreferrer nofollow">
          {part.text}
        </a>
      )
    case 'mention': {
      const isMe = part.userId === null || part.userId === myId
      return (
        <bdi className="conv-mention" data-me={isMe || undefined}>
          {part.text}
        </bdi>
      )
    }
    case 'code':
      return (
        <code className="conv-code" dir="ltr">
          {part.text}
        </code>
      )
    case 'block':
      return (
        <pre className="conv-block" dir="ltr" tabIndex={0} aria-label="Code">
          <code>{part.text}</code>
        </pre>
      )
  }
}

/** Words with their links, mentions and code. Nothing of it is markup. */
export const MessageText = memo(function MessageText({
  text,
  mentions,
  mentionAll,
  after,
}: MessageTextProps): ReactElement {
  const me = useMe()
  const mentionable = useMentionable(mentions, mentionAll)
  const parts = useMemo(() => parseText(text, mentionable), [text, mentionable])
  return (
    <div className="conv-text" dir="auto" data-large={isEmojiOnly(text) || undefined}>
      {parts.map((part, index) => (
        <Part key={index} part={part} myId={me?.id} />
      ))}
      {after}
    </div>
  )
})
