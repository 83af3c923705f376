import type { StagePlan } from '../peers/peer.ts'

export const SUBJECTS = [
  'parley',
  'socket.io',
  'socket.io-sharded',
  'ws',
  'nats',
  'mosquitto',
  'nchan',
  'naive',
] as const

export type SubjectName = (typeof SUBJECTS)[number]

/** What its clients and it say to each other over a WebSocket. */
export type DialectName = 'parley' | 'socket.io' | 'ws' | 'nats' | 'mqtt' | 'nchan'

/** Whose processor time it is: the front holds the sockets. */
export type Role = 'front' | 'api' | 'worker' | 'broker' | 'database'

/** One connection of the load. */
export interface ClientPlan {
  /** Of the node that it connects to, on 127.0.0.1. */
  readonly port: number
  readonly userId: string
  readonly token: string
  /** The first is the one that is measured, if there are several. */
  readonly rooms: readonly string[]
}

/** A cluster that is measured, while it runs. */
export interface Subject {
  readonly name: SubjectName
  readonly dialect: DialectName
  /** What one sends is handed over in the order in which it was sent. */
  readonly isOrdered: boolean
  /**
   * Makes people and rooms, and spreads the people over the nodes: neighbours are on different ones. One
   * connection a person.
   */
  readonly stage: (plan: StagePlan) => Promise<ClientPlan[]>
  /** Those that serve, now. */
  readonly processes: () => { readonly role: Role; readonly pid: number }[]
  /** Processes that ended and were not asked to. */
  readonly crashes: () => number
  /** Of the Redis between the nodes, if there is one. */
  readonly redisUrl?: string | undefined
  readonly stop: () => Promise<void>
  readonly killNow: () => void
}

export interface StartSubjectOptions {
  /** It keeps everything that it writes in it. */
  readonly dir: string
  /** Processes that hold sockets. */
  readonly nodes: number
  /** More environment for the processes that hold sockets, where they are programs of Node. */
  readonly frontEnv?: Readonly<Record<string, string>>
  /** Nothing is done after a commit: what jobs cost is not in what is measured. */
  readonly isWithoutJobs?: boolean
  readonly onProgress: (step: string) => void
  readonly signal: AbortSignal
}

export type StartSubject = (options: StartSubjectOptions) => Promise<Subject>
