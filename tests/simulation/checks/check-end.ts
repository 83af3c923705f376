import type { SimDevice } from '../device/sim-device.ts'
import type { SimListener } from '../device/sim-listener.ts'
import type { RoomRows } from '../log/memory-database.ts'
import type { World } from '../schedule/world.ts'
import { checkCursors, checkReactions, checkRefusals } from './asked.ts'
import { checkShown } from './shown.ts'
import { isMember } from './log-truth.ts'

/** What must be so once everything has been well for a while. */
export function checkEnd(world: World): void {
  for (const thrown of world.clock.thrown) {
    world.report('thrown', thrown instanceof Error ? (thrown.stack ?? '') : String(thrown))
  }
  for (const rows of world.database.rooms.values()) checkLog(world, rows)
  checkCursors(world)
  checkReactions(world)
  checkRefusals(world)
  checkPosts(world)
  for (const listener of world.listeners) checkListener(world, listener)
  for (const device of world.devices) {
    checkSaid(world, device)
    checkReaders(world, device)
    checkShown(world, device)
    const { gaps = 0, doubles = 0, regressions = 0 } = device.chat?.guarantees.current ?? {}
    const wrong = `${gaps} gaps, ${doubles} doubles, ${regressions} regressions`
    if (gaps + doubles + regressions > 0) world.report('C4', `${device.name} has counted ${wrong}`)
  }
}

function checkLog({ report }: World, { roomId, committed, room }: RoomRows): void {
  const once = new Set<string>()
  for (const [index, { seq, actor, clientMsgId }] of committed.entries()) {
    if (seq !== index + 1) report('C1', `${roomId}: ${seq} is at the place of ${index + 1}`)
    if (clientMsgId === undefined) continue
    const key = `${actor.id} ${clientMsgId}`
    if (once.has(key)) report('C3', `${roomId}: ${seq} was there before`)
    once.add(key)
  }
  if (room.head !== committed.length) report('C1', `${roomId}: its head is ${room.head}`)
}

/** Acks stand, what was refused is not there, what was said first is first. */
function checkSaid(
  { report, database, inner, devices }: World,
  { name, userId, said, hasTabs }: SimDevice,
): void {
  const entries = devices
    .filter((one) => one.userId === userId)
    .flatMap(({ chat }) => chat?.outbox.entries.current ?? [])
  const failed = new Set(entries.flatMap(({ clientMsgId, error }) => (error ? [clientMsgId] : [])))
  const last = new Map<string, number>()
  for (const { roomId, clientMsgId, text, load, outcome } of said) {
    const log = database.rooms.get(roomId)?.committed ?? []
    const found = log.find((one) => one.clientMsgId === clientMsgId && one.actor.id === userId)
    // An attempt that is not answered may be done after what followed it, and after the refusal of another.
    const isOnce = inner.attempts.get(clientMsgId) === 1
    const what = `${name} said ${text.slice(0, 20)} (${clientMsgId})`
    if (outcome === 'pending') report('outbox', `${what}: never answered`)
    else if (outcome === 'lost') {
      if (found === undefined && !failed.has(clientMsgId)) report('outbox', `${what}: nowhere`)
    } else if ('refused' in outcome) {
      if (found !== undefined && isOnce)
        report('C2', `${what}: refused (${outcome.refused}), but stored`)
    } else if (found?.seq !== outcome.seq) {
      report('C2', `${what}: acknowledged as ${outcome.seq}, found at ${found?.seq}`)
    }
    if (found === undefined) continue
    const isWords = found.type === 'message:created' && found.data.text === text
    if (!isWords) report('C2', `${what}: stored as ${JSON.stringify(found.data)}`)
    if (!isOnce) continue
    // What a tab that was closed has left another one says.
    const lane = hasTabs ? `${roomId} ${load}` : roomId
    const before = last.get(lane) ?? 0
    if (found.seq < before) report('C3', `${what}: stored at ${found.seq}, after ${before}`)
    last.set(lane, found.seq)
  }
}

/** Of programs over REST. A refusal counts where no earlier attempt may have come late. */
function checkPosts({ report, database, posts }: World): void {
  for (const { roomId, userId, clientMsgId, text, attempts, outcome } of posts) {
    const log = database.rooms.get(roomId)?.committed ?? []
    const found = log.find((one) => one.clientMsgId === clientMsgId && one.actor.id === userId)
    const what = `${text} of ${userId} in ${roomId}`
    if (outcome === 'pending') report('outbox', `${what}: never answered`)
    else if ('seq' in outcome && found?.seq !== outcome.seq)
      report('C2', `${what}: acknowledged as ${outcome.seq}, found at ${found?.seq}`)
    else if ('refused' in outcome && found !== undefined && attempts === 1)
      report('C2', `${what}: refused (${outcome.refused}), but stored`)
  }
}

function checkReaders(world: World, { name, userId, readers, chat }: SimDevice): void {
  const positions = Array.from(readers, ([id, { position }]): [string, number | null] => [
    id,
    // A room that the page has learned of after the last word is followed from its head: nobody is told of that.
    position ?? chat?.rooms.get(id).info.current?.head ?? null,
  ])
  checkPositions(world, name, userId, positions)
}

/** By what it says itself of where it is. */
function checkListener(world: World, { name, userId, reading }: SimListener): void {
  const positions = world.rooms.map((id): [string, number | null] => [
    id,
    reading?.position(id) ?? null,
  ])
  checkPositions(world, name, userId, positions)
}

function checkPositions(
  { report, database }: World,
  name: string,
  userId: string,
  positions: readonly [string, number | null][],
): void {
  for (const [roomId, position] of positions) {
    if (!isMember(database, roomId, userId)) continue
    const { room, committed, members } = database.rooms.get(roomId)!
    const { head } = room
    // Who came after the last word follows from where the room was then: there was nothing to be told.
    const lastWord = committed.findLast(({ type }) => type === 'message:created')?.seq ?? 0
    if (position === null && (members.get(userId)?.joinedSeq ?? 0) > lastWord) continue
    if (position !== head) report('C5', `${name} is at ${position} of ${head} in ${roomId}`)
  }
}
