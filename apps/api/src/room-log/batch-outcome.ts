import { ParleyError, type Event, type LogCommand, type RoomNews } from '@parley/message-schema'
import type { BatchState } from './batch-state.ts'
import { decide } from './decide.ts'
import { heedAttempt, heedRefusal } from './heed-attempt.ts'
import { sealEvent } from './seal-event.ts'

/** Of one command: what it answers, or why it was refused. */
export type CommandOutcome = { readonly data: object } | { readonly refusal: ParleyError }

export interface BatchOutcome {
  /** One a command, in their order. */
  readonly outcomes: readonly CommandOutcome[]
  readonly news: readonly RoomNews[]
  /** Users whose version moved: gateways are told. */
  readonly changedUsers: readonly string[]
}

/** Decides each command on what those before it have changed. A refusal touches no other command. */
export function decideAll(
  state: BatchState,
  commands: readonly LogCommand[],
): readonly CommandOutcome[] {
  return commands.map((command) => {
    try {
      return { data: decide(state, heedAttempt(state, command)) }
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error
      heedRefusal(state, command)
      return { refusal: error }
    }
  })
}

/** The events of a batch, room by room: each room's are contiguous because its head was locked. */
export function newsOf(state: BatchState): RoomNews[] {
  const byRoom = new Map<string, Event[]>()
  for (const { roomId, event: stored } of state.newEvents) {
    const event = sealEvent(stored)
    const events = byRoom.get(roomId)
    if (events === undefined) byRoom.set(roomId, [event])
    else events.push(event)
  }
  return [...byRoom].map(([roomId, events]) => ({
    roomId,
    fromSeq: events[0]?.seq ?? 0,
    memberVersion: state.rooms.get(roomId)?.memberVersion ?? 0,
    events,
  }))
}
