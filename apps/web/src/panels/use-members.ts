import type { RoomInfo } from '@parley/client'
import type { Member } from '@parley/message-schema'
import { useChat, useStore } from '@parley/react'
import { useDeferredValue, useEffect, useState } from 'react'
import { readMembers, sortMembers, type MembersCursor } from './read-members.ts'
import { usePages, type Pages } from './use-pages.ts'
import { readRoles } from './use-roles.ts'

const TYPING_MS = 200
const CHANGES_MS = 600

/** A value once it has stayed the same for a while. */
export function useSettled<Value>(value: Value, ms: number): Value {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}

/** Members of a room, of which the name begins as `words`; read again when members change. */
export function useMembers(info: RoomInfo, words: string): Pages<Member> {
  const chat = useChat()
  const { members } = chat.rooms.get(info.id)
  const revision = useSettled(useStore(members.revision), CHANGES_MS)
  const q = useSettled(useDeferredValue(words).trim(), TYPING_MS)
  return usePages<Member, MembersCursor>(
    `${info.id} ${q}`,
    async (cursor, _signal, known) => {
      const roles = (await readRoles(chat)).map(({ name }) => name)
      if (q !== '') {
        const page = await members.list({ q, limit: 100 })
        return { items: sortMembers(page.members, roles), cursor: null }
      }
      const { memberCount } = chat.rooms.get(info.id).info.current ?? info
      return await readMembers({ list: members.list, roles, memberCount }, cursor, known)
    },
    revision,
  )
}
