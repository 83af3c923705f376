import type { z } from 'zod'
import {
  MessageDelete,
  MessageDeleted,
  MessageEdit,
  MessageEdited,
  MessageSend,
  MessageSent,
  PinSet,
  ReactionSet,
  ReadSet,
  ReadState,
  StateSet,
} from './message.ts'
import { Done, Presence, PresenceSet, PresenceSubscribe, TypingSet } from './presence.ts'
import type { Reply } from './reply.ts'
import { AuthRefresh, AuthRefreshed } from './session.ts'
import { Sync, SyncResult } from './sync.ts'

/** Client to server: each command has one payload and answers by its ack callback. */
export const COMMANDS = {
  'auth:refresh': { payload: AuthRefresh, data: AuthRefreshed },
  sync: { payload: Sync, data: SyncResult },
  'message:send': { payload: MessageSend, data: MessageSent },
  'message:edit': { payload: MessageEdit, data: MessageEdited },
  'message:delete': { payload: MessageDelete, data: MessageDeleted },
  'reaction:set': { payload: ReactionSet, data: StateSet },
  'pin:set': { payload: PinSet, data: StateSet },
  'read:set': { payload: ReadSet, data: ReadState },
  'typing:set': { payload: TypingSet, data: Done },
  'presence:subscribe': { payload: PresenceSubscribe, data: Presence },
  'presence:set': { payload: PresenceSet, data: Done },
} as const

export type CommandName = keyof typeof COMMANDS
export type CommandPayload<Name extends CommandName> = z.infer<(typeof COMMANDS)[Name]['payload']>
export type CommandData<Name extends CommandName> = z.infer<(typeof COMMANDS)[Name]['data']>

/** For `Socket<ServerToClientEvents, ClientToServerEvents>`. */
export type ClientToServerEvents = {
  [Name in CommandName]: (
    payload: CommandPayload<Name>,
    ack: (reply: Reply<CommandData<Name>>) => void,
  ) => void
}
