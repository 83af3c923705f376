import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { RoomRecorder, type TestSocket } from '@parley/testkit'
import { expect } from 'vitest'
import { connect, newPerson, newRoom } from './stage.ts'

export interface Neighbours {
  /** Everything that was said has arrived, once and in order, over the first connection. */
  readonly expectUnharmed: () => Promise<void>
}

const EVERY_MS = 250

/**
 * One who talks and one who listens, both on the gateway that somebody else misbehaves at. They do
 * nothing to repair: no reconnection, no sync, no second attempt.
 */
export async function startNeighbours(gateway = 0): Promise<Neighbours> {
  const [talker, listener] = [newPerson(), newPerson()]
  const room = await newRoom(talker, [listener])
  const sockets = [await connect(talker, gateway), await connect(listener, gateway)] as const
  const gone: string[] = []
  for (const socket of sockets) {
    socket.io.reconnection(false)
    socket.on('disconnect', (reason) => gone.push(reason))
  }
  const recorder = new RoomRecorder()
  // Live at once, and from a known place.
  await sockets[1].emitWithAck('sync', { rooms: {} })
  recorder.listenTo(sockets[1])
  let isTalking = true
  const said: { text: string; seq: number }[] = []
  const talking = talk(sockets[0], room, said, () => isTalking)
  // Whoever asks later is told; nobody else has to hear of it.
  talking.catch(() => undefined)
  return {
    async expectUnharmed() {
      isTalking = false
      await talking
      const last = said.at(-1)?.seq ?? 0
      await recorder.reaches(room, last, 30_000)
      expect(said.length).toBeGreaterThan(0)
      expect(gone).toEqual([])
      expect(recorder.violations).toEqual([])
      expect(recorder.texts(room)).toEqual(said.map(({ text }) => text))
      for (const socket of sockets) socket.disconnect()
    },
  }
}

async function talk(
  socket: TestSocket,
  roomId: string,
  said: { text: string; seq: number }[],
  isTalking: () => boolean,
): Promise<void> {
  do {
    const text = `${said.length}`
    const message = { roomId, clientMsgId: randomUUID(), text }
    const reply = await socket.timeout(30_000).emitWithAck('message:send', message)
    if (!reply.ok) throw new Error(`A neighbour was refused: ${JSON.stringify(reply.error)}`)
    said.push({ text, seq: reply.data.seq })
    await sleep(EVERY_MS)
  } while (isTalking())
}
