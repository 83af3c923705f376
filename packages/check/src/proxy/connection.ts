import type { Socket } from 'node:net'
import { Pipe } from './pipe.ts'
import { viewOf, type Direction, type Toxic } from './toxic.ts'

export interface ConnectionOptions {
  readonly client: Socket
  readonly target: Socket
  readonly toxics: ReadonlySet<Toxic>
  readonly random: () => number
  /** Decides of which toxics this connection is one. */
  readonly luck: number
  readonly onClosed: () => void
}

/** A client's connection and ours to the target: two pipes that end together. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #pipes: readonly Pipe[]
  #resetTimers = new Map<Toxic, NodeJS.Timeout>()
  /** Knows of no reset that the other end was told of, until the way heals. */
  #halfOpen: Socket | undefined

  constructor(options: ConnectionOptions) {
    this.#options = options
    const { client, target, toxics, random, luck, onClosed } = options
    const pipe = (from: Socket, to: Socket, direction: Direction): Pipe =>
      new Pipe({
        from,
        to,
        toxics: viewOf(toxics, direction, luck),
        random,
        onLimit: () => this.#end(),
      })
    this.#pipes = [pipe(client, target, 'upstream'), pipe(target, client, 'downstream')]
    for (const socket of [client, target]) {
      socket.once('close', () => {
        if (!client.closed || !target.closed) return
        this.#closePipes()
        onClosed()
      })
    }
    this.reconsider()
  }

  get bufferedBytes(): number {
    return this.#pipes.reduce((sum, pipe) => sum + pipe.bufferedBytes, 0)
  }

  /** Toxics came or went. */
  reconsider(): void {
    const { toxics, luck } = this.#options
    for (const [toxic, timer] of this.#resetTimers) {
      if (toxics.has(toxic)) continue
      clearTimeout(timer)
      this.#resetTimers.delete(toxic)
      this.#halfOpen?.resetAndDestroy()
    }
    for (const direction of ['upstream', 'downstream'] as const) {
      const toxic = viewOf(toxics, direction, luck).find('reset_peer')
      if (toxic === undefined || this.#resetTimers.has(toxic)) continue
      const timer = setTimeout(() => this.#reset(toxic.direction), toxic.afterMs ?? 0)
      this.#resetTimers.set(toxic, timer)
    }
    for (const pipe of this.#pipes) pipe.reconsider()
  }

  destroy(): void {
    this.#closePipes()
    this.#options.client.resetAndDestroy()
    this.#options.target.resetAndDestroy()
  }

  /** Only the end that the direction leads to hears of it, if there is one. */
  #reset(direction: Direction | undefined): void {
    if (direction === undefined) {
      this.destroy()
      return
    }
    this.#closePipes()
    const { client, target } = this.#options
    const [told, untold] = direction === 'upstream' ? [target, client] : [client, target]
    told.resetAndDestroy()
    untold.pause()
    this.#halfOpen = untold
  }

  #end(): void {
    this.#closePipes()
    this.#options.client.destroySoon()
    this.#options.target.destroySoon()
  }

  #closePipes(): void {
    for (const pipe of this.#pipes) pipe.close()
  }
}
