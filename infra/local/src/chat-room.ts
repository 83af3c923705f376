import type { Room } from '@parley/message-schema'
import type { ChatRest } from './chat-rest.ts'

export interface Entered {
  readonly room: Room
  /** What was done to get in; absent for a room that one was in. */
  readonly note?: string
}

const hasName = (name: string) => (room: Room) => room.name?.toLowerCase() === name.toLowerCase()

/** Finds the room among mine, else joins the public one, else creates it. */
export async function enterRoom(rest: ChatRest, name: string): Promise<Entered> {
  const mine = (await rest.rooms('mine')).find(hasName(name))
  if (mine !== undefined) return { room: mine }
  const open = (await rest.rooms('public', name)).find(hasName(name))
  if (open !== undefined) {
    await rest.join(open.id)
    return { room: open, note: `You joined ${open.name ?? name}.` }
  }
  const room = await rest.createRoom(name)
  return { room, note: `There was no room ${name}: it is created now, open for everybody.` }
}

export function titleOf(room: Room): string {
  return (
    room.name ?? room.peers?.map(({ displayName }) => displayName).join(', ') ?? 'a conversation'
  )
}
