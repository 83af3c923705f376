import { useChat, usePacedStore, useStore } from '@parley/react'
import { type ReactElement, useMemo } from 'react'
import { createStore, type People, type Store } from '@parley/client'
import { useScope } from './conversation-scope.tsx'
import { typingWords } from './typing-words.ts'

const NAMED = 3
const NONE: Store<readonly string[]> = createStore([])

function namesOf(people: People, ids: readonly string[]): Store<readonly string[]> {
  const stores = ids.map((id) => people.get(id))
  const read = (): string[] => stores.flatMap(({ current }) => current?.displayName ?? [])
  let last: readonly string[] = read()
  return {
    get current() {
      const now = read()
      if (now.join('\n') !== last.join('\n')) last = now
      return last
    },
    subscribe(listener) {
      const ends = stores.map((store) => store.subscribe(listener))
      return () => ends.forEach((end) => end())
    },
  }
}

/** Who is writing. Its place is there also while nobody is. */
export function TypingLine(): ReactElement {
  const { people } = useChat()
  const { room, threadId } = useScope()
  const store = useMemo(
    () => (threadId === undefined ? room.typing.people : room.typing.inThread(threadId)),
    [room, threadId],
  )
  const { userIds, others } = usePacedStore(store)
  const names = useStore(
    useMemo(
      () => (userIds.length === 0 ? NONE : namesOf(people, userIds.slice(0, NAMED))),
      [people, userIds],
    ),
  )
  const words = typingWords(names, userIds.length - names.length + others)
  return (
    <div className="conv-typing" data-on={words !== '' || undefined}>
      <span className="conv-typing-dots" aria-hidden>
        <i />
        <i />
        <i />
      </span>
      <span className="truncate" dir="auto">
        {words}
      </span>
    </div>
  )
}
