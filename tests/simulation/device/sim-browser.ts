import type { Process, VirtualClock } from '../clock/virtual-clock.ts'
import { createTestLocks } from '../product.ts'

const CHANNEL_MS = 0.5
const LOCK_MS = 0.2

type Hear = (event: { readonly data: unknown }) => void

interface OpenChannel {
  readonly owner: Process
  readonly name: string
  readonly heard: Hear[]
}

/** What tabs have in common: Web Locks and `BroadcastChannel`, each used as the tab that runs. */
export class SimBrowser {
  readonly #clock: VirtualClock
  readonly #channels = new Set<OpenChannel>()
  readonly #owners = new Map<string, Process>()
  readonly #locks = createTestLocks((owner, run) => {
    const process = this.#owners.get(owner)
    if (process !== undefined) this.#clock.after(process, LOCK_MS, run)
  })

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  /** A tab is gone: what it held is free, and nothing is told to it. */
  readonly gone = (tab: Process): void => {
    for (const channel of this.#channels) if (channel.owner === tab) this.#channels.delete(channel)
    if (!this.#owners.delete(tab.name)) return
    this.#locks.kill(tab.name)
  }

  /** Puts it in place of what Node has. Answers what takes it away again. */
  install(): () => void {
    const names = ['document', 'navigator', 'BroadcastChannel'] as const
    const listening = ['addEventListener', 'removeEventListener'] as const
    const before = [...names, ...listening].map(
      (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
    )
    const document = Object.assign(new EventTarget(), { visibilityState: 'visible' })
    const values = {
      document,
      navigator: { locks: this.#asLocks() },
      BroadcastChannel: this.#channelClass(),
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    }
    for (const [name, value] of Object.entries(values)) {
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
    }
    return () => {
      for (const [name, descriptor] of before) {
        if (descriptor === undefined) Reflect.deleteProperty(globalThis, name)
        else Object.defineProperty(globalThis, name, descriptor)
      }
    }
  }

  #asLocks() {
    return {
      request: (name: string, options: object, hold: () => Promise<unknown>) => {
        const { current } = this.#clock
        this.#owners.set(current.name, current)
        return this.#locks.ofTab(current.name).request(name, options, hold)
      },
    }
  }

  #channelClass() {
    const [clock, channels] = [this.#clock, this.#channels]
    return class {
      readonly #own: OpenChannel
      constructor(name: string) {
        this.#own = { owner: clock.current, name, heard: [] }
        channels.add(this.#own)
      }
      addEventListener(_name: 'message', hear: Hear): void {
        this.#own.heard.push(hear)
      }
      postMessage(message: unknown): void {
        for (const other of channels) {
          if (other === this.#own || other.name !== this.#own.name) continue
          const data: unknown = structuredClone(message)
          // All at the same distance: what one tab says is heard in its order.
          clock.after(other.owner, CHANNEL_MS, () => {
            if (channels.has(other)) for (const hear of other.heard) hear({ data })
          })
        }
      }
      close(): void {
        channels.delete(this.#own)
      }
    }
  }
}
