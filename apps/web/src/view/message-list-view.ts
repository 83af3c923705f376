import type { RoomRecord } from '../log/room-record.ts'
import type { TimelineMessage } from '../log/room-timeline.ts'
import { element, icon } from './element.ts'
import { emptyConversation, type MessageActions, messageRow } from './message-row.ts'
import { dayLabel, isSameDay } from './time-labels.ts'

export interface MessageListPorts {
  readonly myId: string
  readonly nameOf: (userId: string) => string | null
  readonly actions: MessageActions
  readonly loadOlder: (roomId: string) => void
  /** The end of the list is on screen. */
  readonly seen: (roomId: string) => void
}

const NEAR_END_PX = 80
const NEAR_START_PX = 300
const CONTINUES_WITHIN_MS = 5 * 60_000

/** The messages of the open room. Rows are kept by key, so that reading is not disturbed. */
export class MessageListView {
  readonly node: HTMLElement
  readonly #ports: MessageListPorts
  readonly #list: HTMLOListElement
  readonly #scroller: HTMLElement
  readonly #toEnd: HTMLButtonElement
  readonly #rows = new Map<string, { readonly signature: string; readonly row: HTMLLIElement }>()
  #record: RoomRecord | null = null
  /** Where I had read to when the room was opened. */
  #newAfter = Infinity
  #isFollowing = true
  #lastKey = ''

  constructor(ports: MessageListPorts) {
    this.#ports = ports
    this.#list = element('ol', {
      className: 'messages',
      role: 'log',
      aria: { live: 'polite', label: 'Messages' },
    })
    this.#scroller = element('div', { className: 'scroller', tabIndex: 0 }, this.#list)
    this.#scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true })
    this.#toEnd = element(
      'button',
      { type: 'button', className: 'to-end', hidden: true, onclick: () => this.follow() },
      icon('down'),
      'New messages',
    )
    this.node = element('div', { className: 'message-list' }, this.#scroller, this.#toEnd)
    new ResizeObserver(() => this.#isFollowing && this.#scrollToEnd()).observe(this.#scroller)
  }

  open(record: RoomRecord): void {
    this.#record = record
    this.#rows.clear()
    this.#list.replaceChildren()
    this.#newAfter = record.unread > 0 ? record.readSeq : Infinity
    this.#isFollowing = true
    this.#lastKey = ''
    this.update()
  }

  follow(): void {
    this.#isFollowing = true
    this.#scrollToEnd()
  }

  update(): void {
    const record = this.#record
    if (record === null) return
    if (!record.isLoaded) return this.#showSkeleton()
    const fromEnd = this.#scroller.scrollHeight - this.#scroller.scrollTop
    const { messages } = record.timeline
    const wasEmpty = this.#rows.size === 0
    const oldestBefore = this.#list.dataset['oldest']
    this.#list.dataset['oldest'] = messages[0]?.key ?? ''
    this.#list.setAttribute('aria-busy', 'false')
    this.#replace(this.#build(messages))
    const last = messages.at(-1)
    const hasNew = last !== undefined && last.key !== this.#lastKey
    this.#lastKey = last?.key ?? ''
    if (wasEmpty || this.#isFollowing || (hasNew && last.senderId === this.#ports.myId))
      this.follow()
    else if (oldestBefore !== this.#list.dataset['oldest']) {
      // Older messages came above: what was being read stays where it was.
      this.#scroller.scrollTop = this.#scroller.scrollHeight - fromEnd
    } else if (hasNew) this.#toEnd.hidden = false
    this.#scrolled()
  }

  #build(messages: readonly TimelineMessage[]): Element[] {
    if (messages.length === 0) return [emptyConversation()]
    const now = new Date()
    const nodes: Element[] = []
    let isDivided = false
    let before: TimelineMessage | undefined
    for (const message of messages) {
      const isNewDay = before === undefined || !isSameDay(before.ts, message.ts)
      if (isNewDay) nodes.push(divider('day', dayLabel(message.ts, now)))
      const isNew = (message.seq ?? 0) > this.#newAfter && message.senderId !== this.#ports.myId
      if (isNew && !isDivided) nodes.push(divider('new', 'New'))
      const breaks = isNewDay || (isNew && !isDivided)
      isDivided ||= isNew
      nodes.push(this.#row(message, !breaks && continues(before, message)))
      before = message
    }
    return nodes
  }

  #row(message: TimelineMessage, isContinuation: boolean): HTMLLIElement {
    const senderName = this.#ports.nameOf(message.senderId) ?? '…'
    const { version, isDeleted, delivery, failure, seq } = message
    const signature = JSON.stringify([
      seq,
      version,
      isDeleted,
      delivery,
      failure,
      isContinuation,
      senderName,
    ])
    const known = this.#rows.get(message.key)
    if (known?.signature === signature) return known.row
    const isMine = message.senderId === this.#ports.myId
    const { actions } = this.#ports
    const row = messageRow(message, { isMine, isContinuation, senderName, actions })
    this.#rows.set(message.key, { signature, row })
    return row
  }

  /** Touches only what differs: focus, selection and what is announced depend on it. */
  #replace(nodes: readonly Element[]): void {
    const wanted = new Set(nodes)
    const gone = [...this.#list.children].filter(
      (node) => !wanted.has(node) && !isSameDivider(node, nodes),
    )
    for (const node of gone) node.remove()
    let at = this.#list.firstElementChild
    for (const node of nodes) {
      if (at !== null && (at === node || isEqualDivider(at, node))) at = at.nextElementSibling
      else this.#list.insertBefore(node, at)
    }
    while (at !== null) {
      const next = at.nextElementSibling
      at.remove()
      at = next
    }
  }

  #scrolled(): void {
    const record = this.#record
    if (record === null || !record.isLoaded) return
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller
    this.#isFollowing = scrollHeight - scrollTop - clientHeight < NEAR_END_PX
    if (this.#isFollowing) {
      this.#toEnd.hidden = true
      this.#ports.seen(record.room.id)
    }
    if (scrollTop < NEAR_START_PX && record.hasOlder === true) this.#ports.loadOlder(record.room.id)
  }

  #scrollToEnd(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight
  }

  #showSkeleton(): void {
    this.#list.setAttribute('aria-busy', 'true')
    const widths = ['w-40', 'w-70', 'w-55', 'w-30', 'w-60']
    this.#list.replaceChildren(
      ...widths.map((width) =>
        element('li', { className: `skeleton ${width}`, aria: { hidden: 'true' } }),
      ),
    )
  }
}

const divider = (kind: 'day' | 'new', label: string): HTMLLIElement =>
  element('li', { className: `divider is-${kind}` }, element('span', {}, label))

const isDivider = (node: Element): boolean => node.classList.contains('divider')

const isEqualDivider = (a: Element, b: Element): boolean =>
  isDivider(a) && isDivider(b) && a.className === b.className && a.textContent === b.textContent

const isSameDivider = (node: Element, nodes: readonly Element[]): boolean =>
  isDivider(node) && nodes.some((other) => isEqualDivider(node, other))

function continues(before: TimelineMessage | undefined, message: TimelineMessage): boolean {
  return (
    before !== undefined &&
    before.senderId === message.senderId &&
    Date.parse(message.ts) - Date.parse(before.ts) < CONTINUES_WITHIN_MS
  )
}
