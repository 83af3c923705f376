import { ChatError, unknownOutcome } from '../chat-error.ts'

export const tooMany = (): ChatError =>
  new ChatError({
    code: 'TOO_LARGE',
    message: 'Too many messages wait. Send or delete some of them first.',
  })

export const takenBack = (): ChatError =>
  new ChatError({ code: 'GONE', message: 'It was taken back.' })

/** Nobody is told of its answer any more: what is kept is sent by another tab or the next load. */
export const closed = (): ChatError => unknownOutcome('The chat was closed.')
