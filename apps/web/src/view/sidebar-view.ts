import type { ChatSession } from '../chat/chat-session.ts'
import { groupRooms, roomTitle } from '../chat/room-list.ts'
import type { RoomRecord } from '../log/room-record.ts'
import { avatar } from './avatar.ts'
import { roomMark } from './conversation-view.ts'
import { element, icon, iconButton } from './element.ts'

export interface SidebarPorts {
  readonly session: ChatSession
  readonly browseRooms: () => void
  readonly findPeople: () => void
  readonly signOut: () => void
}

/** My rooms with what is unread in them, and who and where I am. */
export class SidebarView {
  readonly node: HTMLElement
  readonly #ports: SidebarPorts
  readonly #rooms: HTMLElement
  readonly #directs: HTMLElement
  readonly #gateway = element('span', { className: 'gateway', data: { testid: 'gateway' } })
  #shown = ''

  constructor(ports: SidebarPorts) {
    this.#ports = ports
    const { me } = ports.session
    this.#rooms = element('ul', { className: 'room-list' })
    this.#directs = element('ul', { className: 'room-list' })
    this.node = element(
      'nav',
      { className: 'sidebar', aria: { label: 'Rooms' } },
      element(
        'header',
        { className: 'sidebar-header' },
        element('img', { src: '/favicon.svg', alt: '', width: 26, height: 26 }),
        element('h1', {}, 'Parley'),
        this.#gateway,
      ),
      element(
        'div',
        { className: 'sidebar-scroll' },
        heading('Rooms', iconButton('plus', 'Join or create a room', ports.browseRooms)),
        this.#rooms,
        heading('People', iconButton('plus', 'Write to a person', ports.findPeople)),
        this.#directs,
      ),
      element(
        'footer',
        { className: 'sidebar-footer' },
        avatar(me.id, me.displayName),
        element(
          'div',
          { className: 'who' },
          element('strong', {}, me.displayName),
          element(
            'span',
            { className: 'quiet' },
            me.username === null ? 'Guest' : `@${me.username}`,
          ),
        ),
        iconButton('leave', 'Sign out', ports.signOut),
      ),
    )
    this.#skeleton()
  }

  update(openRoomId: string | null, isLoaded: boolean): void {
    this.#showGateway()
    const { records } = this.#ports.session.rooms
    const { rooms, directs } = groupRooms(records.values())
    const shown = JSON.stringify([openRoomId, isLoaded, [...rooms, ...directs].map(signature)])
    if (shown === this.#shown) return
    this.#shown = shown
    if (!isLoaded && records.size === 0) return
    // A redraw must not take the focus from the link that has it.
    const focused = document.activeElement?.getAttribute('href')
    fill(
      this.#rooms,
      rooms,
      openRoomId,
      'You are in no room yet.',
      'Browse rooms',
      this.#ports.browseRooms,
    )
    fill(
      this.#directs,
      directs,
      openRoomId,
      'No conversations yet.',
      'Find people',
      this.#ports.findPeople,
    )
    if (focused?.startsWith('#')) {
      this.node
        .querySelector<HTMLElement>(`a[href="${CSS.escape(focused).replaceAll('\\', '')}"]`)
        ?.focus()
    }
  }

  #showGateway(): void {
    const { connection } = this.#ports.session
    const isOnline = connection.name === 'online'
    this.#gateway.classList.toggle('is-online', isOnline)
    const label = isOnline ? `gateway ${connection.gateway}` : 'no gateway'
    if (this.#gateway.textContent !== label) this.#gateway.textContent = label
    this.#gateway.title = isOnline ? 'The server that holds this connection' : 'Not connected'
  }

  #skeleton(): void {
    this.#rooms.append(...['w-70', 'w-55', 'w-60'].map(skeletonLine))
    this.#directs.append(...['w-40', 'w-55'].map(skeletonLine))
  }
}

const skeletonLine = (width: string): HTMLElement =>
  element('li', { className: `skeleton ${width}`, aria: { hidden: 'true' } })

const signature = ({ room, unread, mentions }: RoomRecord): unknown[] => [
  room.id,
  roomTitle(room),
  room.visibility,
  unread,
  mentions,
]

const heading = (title: string, button: HTMLElement): HTMLElement =>
  element('div', { className: 'list-heading' }, element('h2', {}, title), button)

function fill(
  list: HTMLElement,
  records: readonly RoomRecord[],
  openRoomId: string | null,
  empty: string,
  action: string,
  act: () => void,
): void {
  if (records.length > 0)
    return list.replaceChildren(...records.map((record) => row(record, openRoomId)))
  list.replaceChildren(
    element(
      'li',
      { className: 'room-list-empty' },
      element('span', { className: 'quiet' }, empty),
      element('button', { type: 'button', className: 'link', onclick: act }, action),
    ),
  )
}

function row({ room, unread, mentions }: RoomRecord, openRoomId: string | null): HTMLElement {
  const title = roomTitle(room)
  const isOpen = room.id === openRoomId
  const count = unread > 99 ? '99+' : String(unread)
  const link = element(
    'a',
    {
      href: `#/rooms/${room.id}`,
      className: `room-link${isOpen ? ' is-open' : ''}${unread > 0 ? ' has-unread' : ''}`,
      ...(isOpen && { aria: { current: 'page' } }),
    },
    room.kind === 'room'
      ? roomMark(room.visibility)
      : avatar(room.peers?.[0]?.id ?? room.id, title),
    element('span', { className: 'room-name' }, title),
    unread > 0 &&
      element(
        'span',
        {
          className: `badge${mentions > 0 ? ' has-mention' : ''}`,
          aria: { label: `${unread} unread` },
        },
        mentions > 0 ? `@ ${count}` : count,
      ),
  )
  return element('li', {}, link)
}

export function nothingOpen(browseRooms: () => void, findPeople: () => void): HTMLElement {
  return element(
    'section',
    { className: 'nothing-open' },
    element('span', { className: 'empty-mark' }, icon('send')),
    element('h2', {}, 'Pick a conversation'),
    element(
      'p',
      { className: 'quiet' },
      'Choose a room on the left, join another one, or write to a person.',
    ),
    element(
      'div',
      { className: 'dialog-buttons' },
      element(
        'button',
        { type: 'button', className: 'button is-primary', onclick: browseRooms },
        'Browse rooms',
      ),
      element(
        'button',
        { type: 'button', className: 'button', onclick: findPeople },
        'Find people',
      ),
    ),
  )
}
