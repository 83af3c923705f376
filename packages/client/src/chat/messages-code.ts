import type { createMessages, MessagesPorts, RoomMessages } from '../messages/create-messages.ts'
import { createLazyMessages } from '../messages/lazy-messages.ts'

export interface MessagesCode {
  /** Resolves when it is there. Called again after a failure it tries again. */
  readonly load: () => Promise<typeof createMessages>
  readonly create: (ports: MessagesPorts) => RoomMessages
}

/** The largest part of the client is fetched while it connects, not before. */
export function createMessagesCode(): MessagesCode {
  let made: typeof createMessages | null = null
  const load = async (): Promise<typeof createMessages> => {
    made ??= (await import('../messages/create-messages.ts')).createMessages
    return made
  }
  return { load, create: (ports) => made?.(ports) ?? createLazyMessages(ports, load) }
}
