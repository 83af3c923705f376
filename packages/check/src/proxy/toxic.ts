/** `upstream`: what the client of a connection says. `downstream`: what it is answered. */
export type Direction = 'upstream' | 'downstream'

interface Scope {
  /** Both, if absent. */
  readonly direction?: Direction
  /** The share of connections that it befalls: 1 if absent. */
  readonly toxicity?: number
}

/** What can be wrong with a way, in the words of Toxiproxy. */
export type Toxic = Scope &
  (
    | { readonly type: 'latency'; readonly latencyMs: number; readonly jitterMs?: number }
    | { readonly type: 'bandwidth'; readonly bytesPerSecond: number }
    /** Nothing arrives, not even that an end has closed. What was sent comes late, when it heals. */
    | { readonly type: 'timeout' }
    /** Each connection is reset, `afterMs` after it was opened or this began. */
    | { readonly type: 'reset_peer'; readonly afterMs?: number }
    | { readonly type: 'slow_close'; readonly delayMs: number }
    | { readonly type: 'slicer'; readonly averageBytes: number; readonly delayMs?: number }
    /** Each connection is closed after so many bytes from now on. */
    | { readonly type: 'limit_data'; readonly bytes: number }
    /** Connections are refused, those that are there end. */
    | { readonly type: 'down' }
  )

export type ToxicType = Toxic['type']
export type ToxicOf<Type extends ToxicType> = Extract<Toxic, { readonly type: Type }>

/** The toxics that befall one direction of one connection, asked anew for every chunk. */
export interface ToxicView {
  readonly find: <Type extends ToxicType>(type: Type) => ToxicOf<Type> | undefined
}

/** `luck` is drawn once a connection, so that a toxic of some connections stays with them. */
export function viewOf(toxics: ReadonlySet<Toxic>, direction: Direction, luck: number): ToxicView {
  return {
    find<Type extends ToxicType>(type: Type): ToxicOf<Type> | undefined {
      for (const toxic of toxics) {
        if (isOf(toxic, type) && befalls(toxic, direction, luck)) return toxic
      }
      return undefined
    },
  }
}

function isOf<Type extends ToxicType>(toxic: Toxic, type: Type): toxic is ToxicOf<Type> {
  return toxic.type === type
}

function befalls(toxic: Toxic, direction: Direction, luck: number): boolean {
  const isThisWay = toxic.direction === undefined || toxic.direction === direction
  return isThisWay && luck < (toxic.toxicity ?? 1)
}
