import type { z } from 'zod'
import {
  MessageDelete,
  MessageDeleted,
  MessageEdit,
  MessageEdited,
  MessageSend,
  MessageSent,
  ReadSet,
  ReadState,
} from './message.ts'
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
  'read:set': { payload: ReadSet, data: ReadState },
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
