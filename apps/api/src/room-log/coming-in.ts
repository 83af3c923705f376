import type { LogCommand } from '@parley/message-schema'

/** Whom a command would make members. */
export function comingIn(command: LogCommand): readonly string[] {
  if (command.kind === 'member:join') return [command.userId]
  return command.kind === 'room:create' ? [command.actor.id, ...command.memberIds] : []
}
