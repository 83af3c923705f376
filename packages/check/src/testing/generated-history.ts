import type { HistoryLine } from '../history/history-line.ts'
import { integerBetween, pick, seededRandom } from '../seeded-random.ts'
import { ModelRoom, type ModelReader } from './model-room.ts'
import { lineOf } from './write-lines.ts'

const USERS = ['ann', 'bob', 'cat', 'dan']

/** What a cluster without faults might have done: a few rooms, people who come and go, one device each. */
export function generatedHistory(seed: number, steps = 120): HistoryLine[] {
  const lines: HistoryLine[] = []
  generateHistory({ seed, steps }, (line) => void lines.push(line))
  return lines
}

/** The same, of any length: nothing of what is written is kept. */
function generateHistory(
  { seed, steps }: { readonly seed: number; readonly steps: number },
  write: (line: HistoryLine) => void,
): void {
  const random = seededRandom(seed)
  write(lineOf.run(seed))
  const clock = { nowMs: 0 }
  const readers = USERS.map((userId): ModelReader => ({ id: `ws-${userId}`, userId, isOn: true }))
  for (const { id } of readers) write(lineOf.told(id, 'connected', 0))
  const rooms = ['all', 'since-join', 'all'].map((history, at) => {
    const members = USERS.slice(0, integerBetween(random, 2, 4))
    return new ModelRoom({ roomId: `room-${at}`, history, members, readers, write, clock, random })
  })
  for (let step = 0; step < steps; step += 1) {
    clock.nowMs += integerBetween(random, 5, 40)
    act(pick(random, rooms), rooms, random, readers)
  }
  clock.nowMs += 50
  for (const reader of readers) if (!reader.isOn) turnOn(reader, rooms)
  write(lineOf.mark('load-ends', clock.nowMs + 10))
  write(lineOf.mark('quiet', clock.nowMs + 20_000))
  clock.nowMs += 20_001
  for (const room of rooms) room.readFinally()
  for (const room of rooms) room.dump()
  write(lineOf.mark('end', clock.nowMs + 20_000))
}

function turnOn(reader: ModelReader, rooms: readonly ModelRoom[]): void {
  reader.isOn = true
  rooms[0]?.tell(reader, 'connected')
  for (const room of rooms) room.catchUp(reader)
}

function act(
  room: ModelRoom,
  rooms: readonly ModelRoom[],
  random: () => number,
  readers: readonly ModelReader[],
): void {
  const dice = random()
  const member = pick(random, room.members())
  const own = room.messagesOf(member)
  if (dice < 0.4) room.send(member)
  else if (dice < 0.5 && own.length > 0) room.edit(member, pick(random, own))
  else if (dice < 0.58 && own.length > 0) room.erase(member, pick(random, own))
  else if (dice < 0.68) room.read(member)
  else if (dice < 0.74) room.refuse(member)
  else if (dice < 0.8) room.readPage(member)
  else if (dice < 0.86 && member !== 'ann') room.leave(member)
  else if (dice < 0.93) {
    const outside = USERS.filter((userId) => !room.members().includes(userId))
    if (outside.length > 0) room.join(pick(random, outside))
  } else {
    const reader = pick(random, readers)
    if (!reader.isOn) return turnOn(reader, rooms)
    reader.isOn = false
    rooms[0]?.tell(reader, 'disconnected')
  }
}
