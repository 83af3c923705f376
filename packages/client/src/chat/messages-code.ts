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
    if (made !== null) return made
    // What others type is heard by code that is there as soon as somebody is shown it.
    const [messages] = await Promise.all([
      import('../messages/create-messages.ts'),
      import('../rooms/hear-typing.ts'),
    ])
    return (made = messages.createMessages)
  }
  return { load, create: (ports) => made?.(ports) ?? createLazyMessages(ports, load) }
}
