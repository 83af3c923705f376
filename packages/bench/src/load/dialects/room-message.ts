import { z } from 'zod'
import type { Said } from './dialect.ts'

const RoomMessage = z.strictObject({ room: z.string(), text: z.string() })

/** For servers that pass on what they are given: who is in several rooms has to see whose it is. */
export function writeRoomMessage(room: string, text: string): string {
  return JSON.stringify({ room, text })
}

/** How every message of the room begins. */
export function roomPrefix(room: string): Buffer {
  return Buffer.from(`{"room":${JSON.stringify(room)},`)
}

export function readRoomMessage(record: Buffer): Said {
  const { text } = RoomMessage.parse(JSON.parse(record.toString()))
  return { texts: [text] }
}
