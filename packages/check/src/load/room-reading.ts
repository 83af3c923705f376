import type { Event } from '@parley/message-schema'
import type { DeliveryLine, ReaderLine } from '../history/history-line.ts'
import type { Device } from './load-client.ts'
import type { Recorder } from './recorder.ts'

interface Place {
  /** The last `seq` that it was handed. */
  position: number
  span: number
  isIn: boolean
  /** It was told that it is out, and nothing since that it may be in again. */
  isOut: boolean
  /** Messages that it was shown lately: what to react to. */
  readonly recent: number[]
  /** Those of its own that are not deleted: what to edit. */
  readonly own: number[]
  /** What it has reacted to: what to take back. */
  readonly reacted: Reacted[]
}

export interface Reacted {
  readonly seq: number
  readonly key: string
}

const RECENT_AT_MOST = 40

/** Where one reader is in each room. Takes down what it is handed as it is handed: nothing is put right. */
export class RoomReading {
  readonly #recorder: Recorder
  readonly #device: Device
  readonly #headOf: (roomId: string) => number | null
  readonly #places = new Map<string, Place>()

  /** `headOf`: of rooms that it follows and was handed nothing of yet, where it is in them. */
  constructor(
    recorder: Recorder,
    device: Device,
    headOf: (roomId: string) => number | null = () => null,
  ) {
    this.#recorder = recorder
    this.#device = device
    this.#headOf = headOf
  }

  now(): number {
    return this.#recorder.now()
  }

  /** `null` for a room that it does not read. */
  position(roomId: string): number | null {
    const place = this.#places.get(roomId)
    return place?.isIn === true ? place.position : this.#headOf(roomId)
  }

  positions(): Record<string, number> {
    const reading = [...this.#places].filter(([, { isIn }]) => isIn)
    return Object.fromEntries(reading.map(([roomId, { position }]) => [roomId, position]))
  }

  /** It goes on after `seq`. */
  startAt(roomId: string, seq: number): void {
    this.#begin('starts', roomId, seq)
  }

  /** It was told that it is in the room anew: a membership begins, whatever it was handed of an older one. */
  addedAt(roomId: string, seq: number): void {
    if (seq > (this.position(roomId) ?? -1)) this.#begin('added', roomId, seq)
  }

  /** It was told that it cannot go on from where it was. */
  resetTo(roomId: string, seq: number, reason: string): void {
    this.#begin('reset', roomId, seq, reason)
  }

  remove(roomId: string, reason?: string): void {
    const place = this.#places.get(roomId)
    if (place?.isIn !== true) return
    place.isIn = false
    place.isOut = true
    this.#say('removed', { roomId, ...(reason !== undefined && { detail: reason }) })
  }

  /** It may be in the room again: whatever comes next begins it. */
  mayReturn(roomId: string): void {
    const place = this.#places.get(roomId)
    if (place !== undefined) place.isOut = false
  }

  /**
   * `askedMs`: when it was asked for, where it is an answer. What comes of a room that it was told to be out
   * of begins nothing: it is taken down as what it is, and the checks find it.
   */
  take(roomId: string, events: readonly Event[], by: DeliveryLine['by'], askedMs?: number): void {
    for (const event of events) {
      const place = this.#placeOf(roomId)
      if (!place.isIn && !place.isOut) this.startAt(roomId, event.seq - 1)
      const { clientMsgId: _, ...shown } = event
      this.#recorder.write({
        kind: 'delivery',
        reader: this.#device.name,
        userId: this.#device.userId,
        via: this.#device.via,
        by,
        span: place.span,
        roomId,
        seq: event.seq,
        atMs: this.#recorder.now(),
        ...(askedMs !== undefined && { askedMs }),
        event: shown,
      })
      place.position = Math.max(place.position, event.seq)
      if (event.type === 'message:created') remember(place.recent, event.seq)
    }
  }

  /** A message of its own was acknowledged. */
  sent(roomId: string, seq: number): void {
    remember(this.#placeOf(roomId).own, seq)
  }

  deleted(roomId: string, seq: number): void {
    const { own } = this.#placeOf(roomId)
    const at = own.indexOf(seq)
    if (at >= 0) own.splice(at, 1)
  }

  didReact(roomId: string, reacted: Reacted): void {
    remember(this.#placeOf(roomId).reacted, reacted)
  }

  reacted(roomId: string): readonly Reacted[] {
    return this.#placeOf(roomId).reacted
  }

  recent(roomId: string): readonly number[] {
    return this.#placeOf(roomId).recent
  }

  own(roomId: string): readonly number[] {
    return this.#placeOf(roomId).own
  }

  /** A session that begins is in all rooms of its user, and is not told of each. */
  connected(detail: string): void {
    for (const place of this.#places.values()) place.isOut = false
    this.#say('connected', { detail })
  }

  disconnected(detail: string): void {
    this.#say('disconnected', { detail })
  }

  sessionEnd(code: string): void {
    this.#say('session-end', { detail: code })
  }

  /** What it has when all is over. */
  end(roomIds: readonly string[]): void {
    for (const roomId of roomIds) {
      const seq = this.position(roomId)
      if (seq !== null) this.#say('heads', { roomId, seq })
    }
  }

  #begin(what: 'starts' | 'added' | 'reset', roomId: string, seq: number, detail?: string): void {
    const place = this.#placeOf(roomId)
    place.span += 1
    place.position = seq
    place.isIn = true
    place.isOut = false
    this.#say(what, { roomId, seq, ...(detail !== undefined && { detail }) })
  }

  #placeOf(roomId: string): Place {
    const known = this.#places.get(roomId)
    if (known !== undefined) return known
    const nothing = { recent: [], own: [], reacted: [] }
    const place: Place = { position: 0, span: 0, isIn: false, isOut: false, ...nothing }
    this.#places.set(roomId, place)
    return place
  }

  #say(
    what: ReaderLine['what'],
    more: Pick<Partial<ReaderLine>, 'roomId' | 'seq' | 'detail'>,
  ): void {
    this.#recorder.write({
      kind: 'reader',
      reader: this.#device.name,
      userId: this.#device.userId,
      via: this.#device.via,
      what,
      atMs: this.#recorder.now(),
      ...more,
    })
  }
}

function remember<Item>(items: Item[], item: Item): void {
  items.push(item)
  if (items.length > RECENT_AT_MOST) items.shift()
}
