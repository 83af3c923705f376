import type { Person, ReaderKind } from '../generator/readers/reader.ts'

/** Who is in which room: members by their number. */
export interface StagePlan {
  readonly people: number
  readonly rooms: readonly (readonly number[])[]
}

/** Somebody who broadcasts, and is told whether it was taken. */
export interface Sender {
  /** Answers false where no promise was made. */
  readonly send: (text: string) => Promise<boolean>
  readonly close: () => void | Promise<void>
}

/** One of the two clusters that are measured, while it runs. */
export interface Peer {
  readonly name: PeerName
  readonly url: string
  /** Processes that hold sockets. */
  readonly nodes: readonly string[]
  /** What a deploy replaces, in the order in which it does. */
  readonly deployed: readonly string[]
  readonly nodePids: () => number[]
  /** Processes that ended and were not asked to. */
  readonly crashes: () => number
  readonly readerKind: ReaderKind
  /** Reads the same at less cost, where coming back is not what is measured. */
  readonly leanReaderKind: ReaderKind
  readonly stage: (plan: StagePlan) => Promise<Person[]>
  /** Resolves when it is connected. */
  readonly openSender: (person: Person, room: string) => Promise<Sender>
  /** SIGKILL, and it stays dead until `start`. */
  readonly kill: (process: string) => Promise<void>
  /** SIGTERM, and that is waited for. */
  readonly stopProcess: (process: string) => Promise<void>
  /** Resolves when it is ready, and in the balancer's rotation. */
  readonly start: (process: string) => Promise<void>
  readonly stop: () => Promise<void>
  readonly killNow: () => void
}

export type PeerName = 'parley' | 'socket-io'

export const TITLES: Record<PeerName, string> = {
  parley: 'Parley',
  'socket-io': 'Socket.IO + redis-adapter',
}

export interface StartPeerOptions {
  /** It keeps everything that it writes in it. */
  readonly dir: string
  /** More environment for the processes that hold sockets. */
  readonly env?: Readonly<Record<string, string>>
  readonly onProgress: (step: string) => void
  readonly signal: AbortSignal
}

export type StartPeer = (options: StartPeerOptions) => Promise<Peer>

export const NODES = 3
