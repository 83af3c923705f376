import type { MessageSent } from '@parley/message-schema'

export interface OutboxItem {
  readonly roomId: string
  readonly clientMsgId: string
  readonly text: string
  readonly mentions: readonly string[]
}

export interface OutboxPorts {
  /** Repeats by itself with the same id; rejects when there is no hope or no patience left. */
  readonly send: (item: OutboxItem) => Promise<MessageSent>
  readonly sent: (item: OutboxItem, sent: MessageSent) => void
  readonly failed: (item: OutboxItem, error: unknown) => void
}

/** One message of a room is on its way at a time: what was written first is stored first. */
export class Outbox {
  readonly #ports: OutboxPorts
  readonly #rooms = new Map<string, Promise<void>>()
  readonly #failed = new Map<string, OutboxItem>()

  constructor(ports: OutboxPorts) {
    this.#ports = ports
  }

  add(item: OutboxItem): void {
    const before = this.#rooms.get(item.roomId) ?? Promise.resolve()
    this.#rooms.set(
      item.roomId,
      before.then(() => this.#send(item)),
    )
  }

  /** With the same id: if the first attempt was stored after all, it is not stored twice. */
  retry(clientMsgId: string): boolean {
    const item = this.#failed.get(clientMsgId)
    if (item === undefined) return false
    this.#failed.delete(clientMsgId)
    this.add(item)
    return true
  }

  forget(clientMsgId: string): void {
    this.#failed.delete(clientMsgId)
  }

  async #send(item: OutboxItem): Promise<void> {
    try {
      this.#ports.sent(item, await this.#ports.send(item))
    } catch (error) {
      this.#failed.set(item.clientMsgId, item)
      this.#ports.failed(item, error)
    }
  }
}
