import type { Room, User } from '@parley/message-schema'
import type { PeopleCache } from '../people/people-cache.ts'
import type { CallRoute } from '../rest/call-route.ts'
import type { Store } from '../store.ts'
import type { Sender } from './fold-message.ts'

const KNOWN = 2_000
const ASKED = 200

const toSender = ({ id, username, displayName, avatarUrl }: User): Sender => ({
  id,
  username,
  displayName,
  avatarUrl,
})

export interface SendersPorts {
  readonly me: Store<User | null>
  readonly people: Pick<PeopleCache, 'get' | 'remember'>
  readonly call: CallRoute
  /** Whose names are told with the room: the others of a conversation. */
  readonly peers: () => Room['peers']
  /** Somebody is known now who was not. */
  readonly named: (sender: Sender) => void
}

/** Events name their author by id alone. Who it is is known from history, or asked for. */
export class Senders {
  readonly #ports: SendersPorts
  readonly #known = new Map<string, Sender>()
  readonly #asked = new Map<string, () => void>()

  constructor(ports: SendersPorts) {
    this.#ports = ports
  }

  learn(senders: Iterable<Sender>): void {
    for (const sender of senders) {
      this.#known.delete(sender.id)
      this.#known.set(sender.id, sender)
    }
    for (const id of this.#known.keys()) {
      if (this.#known.size <= KNOWN) break
      this.#known.delete(id)
    }
  }

  /**
   * While it is not known who it is, without a name: an id is nothing to be shown. `named` tells it
   * later.
   */
  readonly of = (userId: string): Sender => {
    const { me, people, peers } = this.#ports
    if (me.current?.id === userId) return toSender(me.current)
    const known = this.#known.get(userId)
    if (known !== undefined) return known
    const displayName = peers()?.find(({ id }) => id === userId)?.displayName ?? ''
    const unknown = { id: userId, username: null, displayName, avatarUrl: null }
    if (userId === '') return unknown
    const person = people.get(userId)
    if (person.current !== null) return toSender(person.current)
    if (!this.#asked.has(userId)) this.#ask(userId, person)
    return unknown
  }

  /** They were erased: a name that is on screen is to go from there. */
  async reread(userId: string): Promise<void> {
    const { call, people, named } = this.#ports
    const { user } = await call('GET /v1/users/:id', { params: { id: userId } })
    people.remember([user])
    this.learn([toSender(user)])
    named(toSender(user))
  }

  stop(): void {
    for (const end of this.#asked.values()) end()
    this.#asked.clear()
    this.#known.clear()
  }

  #ask(userId: string, person: Store<User | null>): void {
    const end = person.subscribe(() => {
      if (person.current === null) return
      end()
      this.#asked.delete(userId)
      const sender = toSender(person.current)
      this.learn([sender])
      this.#ports.named(sender)
    })
    this.#asked.set(userId, end)
    const [oldest] = this.#asked
    if (this.#asked.size <= ASKED || oldest === undefined) return
    oldest[1]()
    this.#asked.delete(oldest[0])
  }
}
