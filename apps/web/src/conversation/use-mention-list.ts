import type { Member } from '@parley/message-schema'
import { useMe } from '@parley/react'
import { useEffect, useState } from 'react'
import { useMay, useScope } from './conversation-scope.tsx'
import type { Picked } from './mention-words.ts'

export interface MentionOption extends Picked {
  readonly note: string
  readonly avatarUrl: string | null
}

const SHOWN = 8
const PAUSE_MS = 120

const toOption = ({ userId, displayName, username, avatarUrl }: Member): MentionOption => ({
  userId,
  name: displayName,
  note: username === null ? '' : `@${username}`,
  avatarUrl,
})

const EVERYBODY: readonly MentionOption[] = [
  { userId: null, name: 'room', note: 'Everybody in this room', avatarUrl: null },
  { userId: null, name: 'here', note: 'Everybody who is here now', avatarUrl: null },
]

/** Members whose names begin with these words; `null` words ask for nobody. */
export function useMentionList(words: string | null): readonly MentionOption[] {
  const { room } = useScope()
  const me = useMe()
  const mayAll = useMay('message:mention-all')
  const [found, setFound] = useState<readonly MentionOption[]>([])
  useEffect(() => {
    if (words === null) {
      setFound([])
      return
    }
    let isWanted = true
    const ask = (): void =>
      void room.members.list({ limit: SHOWN + 1, ...(words === '' ? {} : { q: words }) }).then(
        ({ members }) => isWanted && setFound(members.map(toOption)),
        // Without an answer one writes the name by hand.
        () => isWanted && setFound([]),
      )
    const timer = setTimeout(ask, words === '' ? 0 : PAUSE_MS)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [room, words])
  if (words === null) return []
  const begun = words.toLowerCase()
  const all = mayAll ? EVERYBODY.filter(({ name }) => name.startsWith(begun)) : []
  const fits = ({ name, note }: MentionOption): boolean =>
    [name, note.slice(1)].some((one) => one.toLowerCase().includes(begun))
  return [...found.filter((one) => one.userId !== me?.id && fits(one)), ...all].slice(0, SHOWN)
}
