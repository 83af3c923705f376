import { RoomId, type RouteSpec } from '@parley/message-schema'
import type { Logger } from '@parley/server-kit'
import type { Request } from 'express'
import type { AuditEntry } from '../audit/audit-entry.ts'
import type { Caller, KeyIdentity } from '../auth/caller.ts'

const routeOf = ({ method, path }: RouteSpec): string => `${method.toUpperCase()} ${path}`

function entryOf(
  caller: Caller | KeyIdentity,
  spec: RouteSpec,
  { params, body }: Request,
): AuditEntry | undefined {
  const route = routeOf(spec)
  if ('keyId' in caller) {
    if (caller.isOperator !== true) return undefined
    const { roomId } = (body ?? {}) as { roomId?: unknown }
    return {
      actorId: caller.keyId,
      actorKind: 'user',
      action: 'operator:acted',
      roomId: RoomId.safeParse(roomId).data,
      details: { route, ...params },
    }
  }
  if (caller.viaKey === undefined) return undefined
  const room = spec.path.startsWith('/v1/rooms/:id') ? RoomId.safeParse(params['id']) : null
  return {
    actorId: caller.viaKey,
    actorKind: 'key',
    action: 'user:acted-as',
    targetId: caller.userId,
    roomId: room?.data,
    details: { route },
  }
}

/**
 * What a backend changed as a user is written down, as the room’s log names only the user; and whatever
 * an operator did.
 */
export function createNoteActing(
  write: (entries: readonly AuditEntry[]) => Promise<void>,
  logger: Logger,
) {
  return async (caller: Caller | KeyIdentity, spec: RouteSpec, request: Request): Promise<void> => {
    const entry = entryOf(caller, spec, request)
    if (entry === undefined) return
    await write([entry]).catch((error: unknown) => {
      const { actorId, action } = entry
      logger.error({ err: error, actorId, action }, 'could not write down an act')
    })
  }
}
