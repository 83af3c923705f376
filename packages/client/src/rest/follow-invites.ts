import type { LinkEvents } from '../connection/link.ts'
import type { CallRoute } from './call-route.ts'

/** Tells of invites that were not there at the last look. One that cannot be read is told by the next. */
export function createFollowInvites(
  call: CallRoute,
  fact: LinkEvents['fact'],
  signal: AbortSignal,
): () => Promise<void> {
  let known: ReadonlySet<string> = new Set()
  return async () => {
    const answer = await call('GET /v1/me/invites', { signal }).catch(() => null)
    if (answer === null) return
    for (const { id: inviteId, room, role, inviter } of answer.data) {
      if (known.has(inviteId)) continue
      fact('room:invited', { roomId: room.id, inviteId, role, by: inviter.id })
    }
    known = new Set(answer.data.map(({ id }) => id))
  }
}
