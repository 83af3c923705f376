import { createHash } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { PersonName } from './seed-people.ts'
import type { Change, RoomScript, Scene } from './seed-script.ts'

/** As they stand in the log for ever. */
const MESSAGE_CREATED = 1
const MESSAGE_UPDATED = 2
const MESSAGE_DELETED = 3
const MEMBER_JOINED = 4
const ROOM_UPDATED = 6
const USER = 1
const TOMBSTONE = { type: 'text', deleted: true }
const MINUTE_MS = 60_000

export type Rows = unknown[][]

/** The rows of one room, in the order of the columns that `seed.ts` names. */
export interface RoomRows {
  readonly room: unknown[]
  readonly head: unknown[]
  readonly members: Rows
  readonly events: Rows
  readonly states: Rows
  readonly versions: Rows
  readonly mentions: Rows
}

const idBytes = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex')

/** Plays a script as if it had been said: the room's log, and what is derived from it. */
export function roomRows(
  script: RoomScript,
  userIds: ReadonlyMap<PersonName, string>,
  now: Date,
): RoomRows {
  const createdAt = new Date(now.getTime() - script.createdDaysAgo * 24 * 60 * MINUTE_MS)
  const id = idBytes(uuidv7({ msecs: createdAt.getTime() }))
  const log = new SeedLog(id, script, userIds)
  log.create(createdAt)
  for (const scene of script.scenes) log.play(scene, now)
  return log.rows(createdAt)
}

class SeedLog {
  readonly #id: Buffer
  readonly #script: RoomScript
  readonly #userIds: ReadonlyMap<PersonName, string>
  readonly #events: Rows = []
  readonly #states: Rows = []
  readonly #versions: Rows = []
  readonly #mentions: Rows = []
  readonly #joinedSeq = new Map<PersonName, number>()
  readonly #messageSeqs: number[] = []
  #at = new Date(0)

  constructor(id: Buffer, script: RoomScript, userIds: ReadonlyMap<PersonName, string>) {
    this.#id = id
    this.#script = script
    this.#userIds = userIds
  }

  create(createdAt: Date): void {
    const { kind, name, visibility, topic, members } = this.#script
    const [creator = 'alice'] = members
    this.#at = createdAt
    this.#append(ROOM_UPDATED, creator, { kind, name, visibility, topic, history: 'all' })
    for (const who of members) {
      const role = this.#role(who)
      // People come to a public room by themselves; to another one they are brought.
      const actor = visibility === 'public' ? who : creator
      const seq = this.#append(MEMBER_JOINED, actor, { userId: this.#userId(who), role })
      this.#joinedSeq.set(who, seq)
    }
  }

  play(scene: Scene, now: Date): void {
    this.#at = beginning(scene, now)
    for (const [who, afterMinutes, text, change] of scene.lines) {
      this.#at = new Date(this.#at.getTime() + afterMinutes * MINUTE_MS)
      this.#say(who, text, change)
    }
  }

  rows(createdAt: Date): RoomRows {
    const { kind, name, visibility, topic, members } = this.#script
    const creator = this.#userId(members[0] ?? 'alice')
    const hash = kind === 'room' ? null : memberSetHash(members.map((who) => this.#userId(who)))
    const head = this.#events.length
    return {
      room: [this.#id, kind, name, visibility, topic, 'all', hash, creator, createdAt],
      head: [this.#id, head, this.#messageSeqs.length, members.length, members.length],
      members: members.map((who) => [
        this.#id,
        this.#userId(who),
        this.#role(who),
        this.#joinedSeq.get(who),
        1,
        this.#readSeq(who),
        createdAt,
      ]),
      events: this.#events,
      states: this.#states,
      versions: this.#versions,
      mentions: this.#mentions,
    }
  }

  #say(who: PersonName, text: string, change: Change | undefined): void {
    const mentions = this.#mentioned(text)
    const body = { type: 'text', text, ...(mentions.length > 0 && { mentions }) }
    const isDeleted = change !== undefined && 'deleted' in change
    const stored = isDeleted ? TOMBSTONE : body
    const msgNo = this.#messageSeqs.length + 1
    const seq = this.#append(MESSAGE_CREATED, who, stored, { msgNo })
    this.#messageSeqs.push(seq)
    if (!isDeleted) for (const userId of mentions) this.#mentions.push([this.#id, userId, seq])
    if (change === undefined) return

    const changedAt = new Date(this.#at.getTime() + MINUTE_MS / 2)
    if ('deleted' in change) {
      this.#append(MESSAGE_DELETED, who, {}, { ref: seq, ts: changedAt })
      this.#states.push([this.#id, seq, 0, JSON.stringify(TOMBSTONE), null, changedAt])
      return
    }
    const data = { version: 1, text: change.edited }
    const updateSeq = this.#append(MESSAGE_UPDATED, who, data, { ref: seq, ts: changedAt })
    const current = JSON.stringify({ ...body, text: change.edited })
    this.#states.push([this.#id, seq, 1, current, changedAt, null])
    this.#versions.push([this.#id, seq, 0, seq], [this.#id, seq, 1, updateSeq])
  }

  #append(
    type: number,
    who: PersonName,
    data: object,
    { ref, msgNo, ts = this.#at }: { ref?: number; msgNo?: number; ts?: Date } = {},
  ): number {
    const seq = this.#events.length + 1
    const actor = this.#userId(who)
    this.#events.push([
      this.#id,
      seq,
      type,
      USER,
      actor,
      ref ?? null,
      msgNo ?? null,
      ts,
      JSON.stringify(data),
    ])
    return seq
  }

  #role(who: PersonName): string {
    return this.#script.kind === 'room' && who === this.#script.members[0] ? 'owner' : 'member'
  }

  #readSeq(who: PersonName): number {
    const unread = this.#script.unread?.[who] ?? 0
    const firstUnread = unread === 0 ? undefined : this.#messageSeqs.at(-unread)
    return firstUnread === undefined ? this.#events.length : firstUnread - 1
  }

  #mentioned(text: string): string[] {
    return this.#script.members
      .filter((who) => new RegExp(`@${who}(?![a-z0-9])`, 'u').test(text))
      .map((who) => this.#userId(who))
  }

  #userId(who: PersonName): string {
    const id = this.#userIds.get(who)
    if (id === undefined) throw new Error(`Nobody in the seed is called ${who}.`)
    return id
  }
}

function beginning({ begins }: Scene, now: Date): Date {
  if ('minutesAgo' in begins) return new Date(now.getTime() - begins.minutesAgo * MINUTE_MS)
  const [hours = 0, minutes = 0] = begins.at.split(':').map(Number)
  const day = new Date(now)
  day.setDate(day.getDate() - begins.daysAgo)
  day.setHours(hours, minutes, 0, 0)
  return day
}

/** Equal for equal sets of people: sorted by code unit, as the API does. */
function memberSetHash(userIds: readonly string[]): Buffer {
  return createHash('sha256').update(userIds.toSorted(byCodeUnit).join('\n')).digest()
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : Number(a > b))
