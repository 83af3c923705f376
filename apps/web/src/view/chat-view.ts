import type { ChatSession } from '../chat/chat-session.ts'
import { unreadTotal } from '../chat/room-list.ts'
import { ConnectionBanner } from './connection-banner.ts'
import { ConversationView } from './conversation-view.ts'
import { element } from './element.ts'
import { browseRoomsDialog, findPeopleDialog } from './new-conversation-dialogs.ts'
import { nothingOpen, SidebarView } from './sidebar-view.ts'

const NOTICE_MS = 6_000

/** The whole page of a signed-in person. Which room is open is said by the address. */
export class ChatView {
  readonly node: HTMLElement
  readonly #session: ChatSession
  readonly #banner = new ConnectionBanner()
  readonly #sidebar: SidebarView
  readonly #conversation: ConversationView
  readonly #nothingOpen: HTMLElement
  readonly #main = element('main', { className: 'main' })
  readonly #notice = element('div', { className: 'notice', role: 'alert', hidden: true })
  #openRoomId: string | null = null
  #isLoaded = false
  #noticeTimer: ReturnType<typeof setTimeout> | undefined
  readonly #followAddress = (): void => this.update()
  readonly #looked = (): void => this.#conversation.update()

  constructor(session: ChatSession, signOut: () => void) {
    this.#session = session
    const dialogs = { session, open: openRoom, report: (error: unknown) => this.report(error) }
    const browseRooms = (): void => browseRoomsDialog(dialogs)
    const findPeople = (): void => findPeopleDialog(dialogs)
    this.#sidebar = new SidebarView({ session, browseRooms, findPeople, signOut })
    this.#conversation = new ConversationView({ session, back: closeRoom, report: dialogs.report })
    this.#nothingOpen = nothingOpen(browseRooms, findPeople)
    this.node = element(
      'div',
      { className: 'chat' },
      this.#banner.node,
      this.#sidebar.node,
      this.#main,
      this.#notice,
    )
    addEventListener('hashchange', this.#followAddress)
    addEventListener('focus', this.#looked)
    document.addEventListener('visibilitychange', this.#looked)
  }

  close(): void {
    removeEventListener('hashchange', this.#followAddress)
    removeEventListener('focus', this.#looked)
    document.removeEventListener('visibilitychange', this.#looked)
  }

  loaded(): void {
    this.#isLoaded = true
    this.update()
  }

  update(): void {
    const { records } = this.#session.rooms
    const wanted = /^#\/rooms\/([0-9a-f-]{36})$/u.exec(location.hash)?.[1] ?? null
    const record = wanted === null ? undefined : records.get(wanted)
    const openRoomId = record?.room.id ?? null
    this.node.classList.toggle('has-open-room', openRoomId !== null)
    if (openRoomId !== this.#openRoomId || this.#main.childElementCount === 0) {
      this.#openRoomId = openRoomId
      this.#main.replaceChildren(record === undefined ? this.#nothingOpen : this.#conversation.node)
      if (record !== undefined) this.#conversation.open(record)
    } else if (record !== undefined) this.#conversation.update()
    this.#sidebar.update(openRoomId, this.#isLoaded)
    this.#banner.update(this.#session.connection)
    const unread = unreadTotal(records.values())
    document.title = unread > 0 ? `(${unread}) Parley` : 'Parley'
  }

  /** What did not work, in the words of the server, for a moment. */
  report(error: unknown): void {
    clearTimeout(this.#noticeTimer)
    this.#notice.textContent = error instanceof Error ? error.message : String(error)
    this.#notice.hidden = false
    // Dialogs are above everything else on the page; the notice goes along.
    const dialog = document.querySelector<HTMLDialogElement>('dialog[open]')
    ;(dialog ?? this.node).append(this.#notice)
    this.#noticeTimer = setTimeout(() => (this.#notice.hidden = true), NOTICE_MS)
  }
}

function openRoom(roomId: string): void {
  location.hash = `#/rooms/${roomId}`
}

function closeRoom(): void {
  location.hash = '#/'
}
