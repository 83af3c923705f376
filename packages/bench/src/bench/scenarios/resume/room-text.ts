import { textOf } from '../../../load/message-text.ts'

const LENGTH = 160

/** What message `number` of a room says: it follows from both, so that whoever is handed it knows what it must be. */
export const roomTextOf = (room: string, number: number): string =>
  `${room} ${textOf(number, LENGTH)}`
