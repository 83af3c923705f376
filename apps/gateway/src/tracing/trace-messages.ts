import type { Event, GatewayCommand, RoomNews } from '@parley/message-schema'
import type { Tracing } from '@parley/server-kit'
import type { ApiClient } from '../api-client/api-client.ts'
import type { RoomPacket } from '../room-feed/room-packet.ts'
import type { Session } from '../sessions/session.ts'

type RunCommand<Result> = (command: GatewayCommand, session: Session) => Promise<Result>

export interface MessageTraces {
  /** What the client named as its trace when it connected. */
  readonly connected: (session: Session, traceparent: unknown) => void
  readonly commands: <Result>(run: RunCommand<Result>) => RunCommand<Result>
  readonly batches: (send: ApiClient['sendCommands']) => ApiClient['sendCommands']
  readonly hear: (news: RoomNews) => void
  readonly handOff: (write: (packet: RoomPacket) => number) => (packet: RoomPacket) => number
}

/**
 * The spans of a message in this gateway. What they know of each other goes with commands and events beside them,
 * never in them: a gateway that traces nothing has none of this in its way.
 */
export function traceMessages(tracing: Tracing): MessageTraces {
  const ofSession = new WeakMap<Session, string>()
  const ofCommand = new WeakMap<GatewayCommand, string>()
  const ofEvent = new WeakMap<Event, string>()

  return {
    connected(session, traceparent) {
      if (typeof traceparent === 'string') ofSession.set(session, traceparent)
    },
    commands: (run) => async (command, session) => {
      const span = tracing.begin('parley.command', ofSession.get(session), {
        kind: 'SERVER',
        attributes: { 'parley.command': command.kind, 'parley.room': command.roomId },
      })
      if (span === undefined) return run(command, session)
      ofCommand.set(command, span.traceparent)
      try {
        const result = await run(command, session)
        span.end()
        return result
      } catch (error) {
        span.end(error)
        throw error
      }
    },
    batches: (send) => async (partition, commands, marks) => {
      const from = commands.flatMap((command) => ofCommand.get(command) ?? [])
      const span = tracing.start('parley.batch', from, {
        kind: 'CLIENT',
        attributes: { 'parley.commands': commands.length, 'parley.partition': partition },
      })
      if (span === undefined) return send(partition, commands, marks)
      try {
        const result = await send(partition, commands, marks, span.traceparent)
        span.end()
        return result
      } catch (error) {
        span.end(error)
        throw error
      }
    },
    hear({ events, traceparent }) {
      if (typeof traceparent !== 'string') return
      for (const event of events) ofEvent.set(event, traceparent)
    },
    handOff: (write) => (packet) => {
      const from = [...new Set(packet.events.flatMap((event) => ofEvent.get(event) ?? []))]
      const span = tracing.start('parley.deliver', from, {
        kind: 'CONSUMER',
        attributes: { 'parley.room': packet.roomId, 'parley.events': packet.events.length },
      })
      const sockets = write(packet)
      span?.set({ 'parley.sockets': sockets })
      span?.end()
      return sockets
    },
  }
}
