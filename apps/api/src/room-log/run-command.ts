import type {
  LogCommandKind,
  LogCommandOf,
  MessageDeleted,
  MessageEdited,
  MessageSent,
  ReadState,
} from '@parley/message-schema'

/** What each command answers once it is committed. */
export interface LogCommandData {
  'message:send': MessageSent
  'message:edit': MessageEdited
  'message:delete': MessageDeleted
  'read:set': ReadState
  /** `created` is false for a room, or a DM of these people, that was there already. */
  'room:create': { roomId: string; created: boolean }
  /** `joined` is false for somebody who was a member already. `seq` is that of the joining. */
  'member:join': { seq: number; joined: boolean }
  'member:leave': { left: boolean }
}

/** Resolves after the commit and never before. Throws `ParleyError`. */
export type RunCommand = <Kind extends LogCommandKind>(
  command: LogCommandOf<Kind>,
) => Promise<LogCommandData[Kind]>
