import type { MemberPage, Room } from '@parley/client'
import type { VirtualClock } from '../clock/virtual-clock.ts'

const AGAIN_MS = 700

/** Who is in the room, as a page shows it: read again whenever the SDK says that it has changed. */
export class MemberList {
  members: MemberPage['members'] = []
  isNew = false
  readonly #room: Room
  readonly #clock: VirtualClock
  #isReading = false

  constructor(room: Room, clock: VirtualClock) {
    this.#room = room
    this.#clock = clock
    room.members.revision.subscribe(() => void this.#read())
    void this.#read()
  }

  async #read(): Promise<void> {
    this.isNew = false
    if (this.#isReading) return
    this.#isReading = true
    while (!this.isNew) {
      this.isNew = true
      try {
        const { members } = await this.#room.members.list()
        this.members = members
      } catch {
        this.isNew = false
        await this.#clock.sleep(AGAIN_MS)
      }
    }
    this.#isReading = false
  }
}
