import { ChatError, type RoomInfo } from '@parley/client'
import type { Member, PresenceState, User } from '@parley/message-schema'
import { useChat, useMe, usePresence, useRoom, useStore, useUser } from '@parley/react'
import { useEffect, useMemo, useState } from 'react'
import { actsOn, type PersonActs } from './person-acts.ts'
import { useRoles } from './use-roles.ts'

export interface Person {
  readonly roomId: string
  readonly userId: string
  readonly info: RoomInfo | null
  readonly user: User | null
  readonly name: string | null
  /** `undefined` until it is known; `null`: they are not in the room. */
  readonly member: Member | null | undefined
  readonly presence: PresenceState | undefined
  readonly isMe: boolean
  readonly isBlocked: boolean
  readonly acts: PersonActs
}

function useMember(roomId: string, userId: string): Member | null | undefined {
  const { call, rooms } = useChat()
  const revision = useStore(rooms.get(roomId).members.revision)
  const [member, setMember] = useState<Member | null | undefined>(undefined)
  useEffect(() => {
    let isWanted = true
    call('GET /v1/rooms/:id/members/:userId', { params: { id: roomId, userId } }).then(
      (answer) => isWanted && setMember(answer.member),
      (error: unknown) => {
        const isOut = error instanceof ChatError && error.code === 'NOT_FOUND'
        if (isWanted && isOut) setMember(null)
      },
    )
    return () => {
      isWanted = false
    }
  }, [call, roomId, userId, revision])
  return member
}

/** All that a card shows of somebody. It stays as things are. */
export function usePerson(roomId: string, userId: string): Person {
  const { people } = useChat()
  const me = useMe()
  const { info } = useRoom(roomId)
  const user = useUser(userId)
  const member = useMember(roomId, userId)
  const roles = useRoles()
  const blocked = useStore(people.blocked)
  const states = usePresence(useMemo(() => [userId], [userId]))
  const myId = me?.id ?? ''
  const acts = actsOn({
    // Before it is known who somebody is here, nothing is offered.
    info: info ?? NOWHERE,
    myId,
    userId,
    member: member ?? null,
    roles: info === null || member === undefined ? [] : roles,
  })
  return {
    roomId,
    userId,
    info,
    user,
    name: member?.displayName ?? user?.displayName ?? null,
    member,
    presence: states.get(userId),
    isMe: userId === myId,
    isBlocked: blocked.has(userId),
    acts,
  }
}

const NOWHERE = { kind: 'dm' } as RoomInfo
