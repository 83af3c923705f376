import { RoomId, type RouteSpec } from '@parley/message-schema'
import type { Logger } from '@parley/server-kit'
import type { Request } from 'express'
import type { AuditEntry } from '../audit/audit-entry.ts'
import type { Caller } from '../auth/caller.ts'

/** What a backend changed as a user is written down: the room's log names only the user. */
export function createNoteActing(
  write: (entries: readonly AuditEntry[]) => Promise<void>,
  logger: Logger,
) {
  return async ({ userId, viaKey }: Caller, spec: RouteSpec, request: Request): Promise<void> => {
    if (viaKey === undefined) return
    const room = spec.path.startsWith('/v1/rooms/:id')
      ? RoomId.safeParse(request.params['id'])
      : null
    const entry: AuditEntry = {
      actorId: viaKey,
      actorKind: 'key',
      action: 'user:acted-as',
      targetId: userId,
      roomId: room?.data,
      details: { route: `${spec.method.toUpperCase()} ${spec.path}` },
    }
    await write([entry]).catch((error: unknown) => {
      logger.error({ err: error, keyId: viaKey, userId }, 'could not write down an acting')
    })
  }
}
