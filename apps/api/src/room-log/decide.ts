import { ParleyError, type LogCommand } from '@parley/message-schema'
import type { BatchState } from './batch-state.ts'
import { joinRoom, leaveRoom, updateMember } from './change-members.ts'
import { comingIn } from './coming-in.ts'
import { createRoom } from './create-room.ts'
import { deleteMessage } from './delete-message.ts'
import { editMessage } from './edit-message.ts'
import { moderate } from './moderate.ts'
import { previewMessage } from './preview-message.ts'
import { sendMessage } from './send-message.ts'
import { setPin } from './set-pin.ts'
import { setReaction } from './set-reaction.ts'
import { setRead } from './set-read.ts'
import { updateRoom } from './update-room.ts'

/**
 * What a command means for the rooms under lock: changes `state` and answers, or throws the refusal
 * and changes nothing. Pure but for `state`: no clock, no database.
 */
export function decide(state: BatchState, command: LogCommand): object {
  // Another replica may not have heard of it yet, and let them in.
  if (comingIn(command).some((userId) => state.erased.has(userId)))
    throw new ParleyError('NOT_FOUND', { message: 'There is no such user.' })
  switch (command.kind) {
    case 'message:send':
      return sendMessage(state, command)
    case 'message:edit':
      return editMessage(state, command)
    case 'message:delete':
      return deleteMessage(state, command)
    case 'message:preview':
      return previewMessage(state, command)
    case 'reaction:set':
      return setReaction(state, command)
    case 'pin:set':
      return setPin(state, command)
    case 'read:set':
      return setRead(state, command)
    case 'room:create':
      return createRoom(state, command)
    case 'member:join':
      return joinRoom(state, command)
    case 'room:update':
      return updateRoom(state, command)
    case 'member:leave':
      return leaveRoom(state, command)
    case 'member:update':
      return updateMember(state, command)
    case 'moderation:act':
      return moderate(state, command)
  }
}
