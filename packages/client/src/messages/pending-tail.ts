import type { Sender } from './fold-message.ts'
import { isSame } from './is-same.ts'
import type { OwnCommands } from './own-commands.ts'
import type { QuotedMessage, TimelineMessage } from './timeline-message.ts'
import { toPendingItem } from './to-item.ts'

export interface PendingTailPorts {
  readonly own: Pick<OwnCommands, 'sends'>
  readonly me: () => Sender
  readonly quoted: (seq: number) => QuotedMessage | null
}

/** What of mine is on its way, by thread: the same arrays and items while nothing about them changes. */
export class PendingTail {
  readonly #ports: PendingTailPorts
  readonly #tails = new Map<number | undefined, readonly TimelineMessage[]>()
  readonly #stale = new Map<number | undefined, readonly TimelineMessage[]>()

  constructor(ports: PendingTailPorts) {
    this.#ports = ports
  }

  of(thread: number | undefined): readonly TimelineMessage[] {
    const known = this.#tails.get(thread)
    if (known !== undefined) return known
    const old = this.#stale.get(thread) ?? []
    const items = this.#ports.own.sends(thread).flatMap(({ entry, stored }) => {
      const { command } = entry
      const replyTo = command.kind === 'send' ? command.draft.replyTo : undefined
      const quoted = replyTo === undefined ? null : this.#ports.quoted(replyTo)
      const item = toPendingItem(entry, this.#ports.me(), stored, quoted)
      const before = old.find(({ key }) => key === entry.clientMsgId)
      if (item === null) return []
      return [before !== undefined && isSame(before, item) ? before : item]
    })
    const isKept = items.length === old.length && items.every((item, at) => item === old[at])
    const tail = isKept ? old : items
    this.#tails.set(thread, tail)
    this.#stale.set(thread, tail)
    return tail
  }

  /** Something about it may have changed. */
  touch(): void {
    this.#tails.clear()
  }

  clear(): void {
    this.#tails.clear()
    this.#stale.clear()
  }
}
