import {
  ADAPTER_KEY,
  userChannel,
  type Fact,
  type FactName,
  type ServerToClientEvents,
} from '@parley/message-schema'
import { Counter, createSafePublisher, type Redis, type Registry } from '@parley/server-kit'
import { Emitter } from '@socket.io/redis-emitter'

/** To all sockets of the user, on all gateways. At most once: what must arrive is in the log. */
export type TellUser = <Name extends FactName>(userId: string, name: Name, fact: Fact<Name>) => void
export type TellUserOfRead = (fact: Fact<'read:moved'>) => void

/** Speaks to the gateways' adapters, as one of them would. */
export function createTellUser(publisher: Redis, metrics: Registry): TellUser {
  const lost = new Counter({
    name: 'parley_broadcasts_lost_total',
    help: 'Broadcasts outside the log that Redis did not take.',
    registers: [metrics],
  })
  const emitter = new Emitter<ServerToClientEvents>(createSafePublisher(publisher, lost), {
    key: ADAPTER_KEY,
  })
  return (userId, name, fact) => {
    // What TypeScript makes of a listener's arguments does not go by the name.
    emitter.to(userChannel(userId)).emit(name, ...([fact] as never))
  }
}
