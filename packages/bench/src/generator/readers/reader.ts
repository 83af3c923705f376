/** Somebody who reads: a client of the one cluster or the other. */
export interface Reader {
  readonly connect: () => void
  /** Stays away, by no will of the server. */
  readonly leave: () => void
  /** Comes back at once. */
  readonly comeBack: () => void
  readonly close: () => void | Promise<void>
}

export interface ReaderEvents {
  readonly message: (text: unknown) => void
  /** It is handed all that is sent from now on. */
  readonly live: () => void
  /** It is not, until it is live again. */
  readonly lost: () => void
}

/** How the people of a cluster connect; `parley` is the SDK, `parley-bare` what the protocol's page advises. */
export type ReaderKind = 'parley' | 'parley-bare' | 'socket-io'

export interface Person {
  readonly userId: string
  /** Empty where nobody asks for one. */
  readonly token: string
  /** The rooms that it is in. */
  readonly rooms: readonly string[]
}

export type OpenReader = (options: {
  readonly url: string
  readonly person: Person
  readonly events: ReaderEvents
}) => Reader
