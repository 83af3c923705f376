import type {
  LogCommandKind,
  LogCommandOf,
  MessageDeleted,
  MessageEdited,
  MessageSent,
  ReadState,
  StateSet,
} from '@parley/message-schema'

/** What each command answers once it is committed. */
export interface LogCommandData {
  'message:send': MessageSent
  'message:edit': MessageEdited
  'message:delete': MessageDeleted
  'message:preview': { seq?: number }
  'reaction:set': StateSet
  'pin:set': StateSet
  'read:set': ReadState
  /** `created` is false for a room, or a DM of these people, that was there already. */
  'room:create': { roomId: string; created: boolean }
  /** `joined` is false for somebody who was a member already. `seq` is that of the joining. */
  'member:join': { seq: number; joined: boolean }
  'member:leave': { left: boolean }
  /** `seq` is absent where nothing was to be changed. */
  'room:update': { seq?: number }
  'member:update': { seq?: number }
  'moderation:act': { seq?: number }
}

/** Resolves after the commit and never before. Throws `ParleyError`. */
export type RunCommand = <Kind extends LogCommandKind>(
  command: LogCommandOf<Kind>,
) => Promise<LogCommandData[Kind]>
