import { roomTitle } from '../chat/room-list.ts'
import type { ChatSession } from '../chat/chat-session.ts'
import type { RoomRecord } from '../log/room-record.ts'
import type { TimelineMessage } from '../log/room-timeline.ts'
import { avatar } from './avatar.ts'
import { ComposerView } from './composer-view.ts'
import { confirmDialog } from './confirm-dialog.ts'
import { element, iconButton } from './element.ts'
import { MessageListView } from './message-list-view.ts'

export interface ConversationPorts {
  readonly session: ChatSession
  readonly back: () => void
  readonly report: (error: unknown) => void
}

/** The open room: its title, its messages, and the field to write in. */
export class ConversationView {
  readonly node: HTMLElement
  readonly #ports: ConversationPorts
  readonly #header = element('div', { className: 'conversation-title' })
  readonly #list: MessageListView
  readonly #composer: ComposerView
  #record: RoomRecord | null = null

  constructor(ports: ConversationPorts) {
    this.#ports = ports
    const { session, report } = ports
    this.#list = new MessageListView({
      myId: session.me.id,
      nameOf: (userId) => session.people.name(userId),
      actions: {
        edit: (message) => this.#edit(message),
        remove: (message) => void this.#remove(message),
        retry: ({ key }) => session.retry(this.#roomId, key),
        discard: ({ key }) => session.discard(this.#roomId, key),
      },
      loadOlder: (roomId) => void session.rooms.loadMessages(roomId).catch(report),
      seen: (roomId) => {
        if (document.visibilityState === 'visible' && document.hasFocus())
          void session.markRead(roomId)
      },
    })
    this.#composer = new ComposerView({
      send: (text) => session.send(this.#roomId, text),
      saveEdit: (seq, text) => void session.edit(this.#roomId, seq, text).catch(report),
      editLast: () => this.#editLast(),
    })
    const leave = iconButton('leave', 'Leave the room', () => void this.#leave())
    leave.classList.add('leave')
    this.node = element(
      'section',
      { className: 'conversation', aria: { label: 'Conversation' } },
      element(
        'header',
        { className: 'conversation-header' },
        iconButton('back', 'Back to the rooms', ports.back),
        this.#header,
        leave,
      ),
      this.#list.node,
      this.#composer.node,
    )
  }

  get #roomId(): string {
    return this.#record?.room.id ?? ''
  }

  open(record: RoomRecord): void {
    this.#record = record
    this.node.classList.toggle('is-direct', record.room.kind !== 'room')
    this.#composer.open(record.room.id, roomTitle(record.room))
    this.#list.open(record)
    this.update()
    // On a phone the keyboard would cover what one came to read.
    if (matchMedia('(hover: hover)').matches) this.#composer.focus()
    if (!record.isLoaded)
      void this.#ports.session.rooms.loadMessages(record.room.id).catch(this.#ports.report)
  }

  update(): void {
    const record = this.#record
    if (record === null) return
    const { room } = record
    const title = roomTitle(room)
    const people = `${room.memberCount} ${room.memberCount === 1 ? 'person' : 'people'}`
    const about =
      room.kind === 'dm' ? 'Direct message' : people + (room.topic ? ` · ${room.topic}` : '')
    const shown = `${title}\n${about}`
    if (this.#header.dataset['shown'] !== shown) {
      this.#header.dataset['shown'] = shown
      const mark =
        room.kind === 'room'
          ? roomMark(room.visibility)
          : avatar(room.peers?.[0]?.id ?? room.id, title)
      this.#header.replaceChildren(
        mark,
        element('div', {}, element('h2', {}, title), element('p', { className: 'quiet' }, about)),
      )
    }
    this.#list.update()
  }

  #edit(message: TimelineMessage): void {
    if (message.seq !== null) this.#composer.edit(message.seq, message.text ?? '')
  }

  #editLast(): void {
    const last = this.#record?.timeline.messages.findLast(
      ({ seq, senderId, isDeleted }) =>
        seq !== null && !isDeleted && senderId === this.#ports.session.me.id,
    )
    if (last !== undefined) this.#edit(last)
  }

  async #remove({ seq }: TimelineMessage): Promise<void> {
    const roomId = this.#roomId
    const question = 'The text is erased for everybody, and cannot be brought back.'
    if (seq === null || !(await confirmDialog('Delete this message?', question, 'Delete'))) return
    await this.#ports.session.remove(roomId, seq).catch(this.#ports.report)
  }

  async #leave(): Promise<void> {
    const record = this.#record
    if (record === null) return
    const title = `Leave ${roomTitle(record.room)}?`
    if (!(await confirmDialog(title, 'You will not get its messages any more.', 'Leave'))) return
    await this.#ports.session.leave(record.room.id).then(this.#ports.back, this.#ports.report)
  }
}

export function roomMark(visibility: 'public' | 'private'): HTMLElement {
  const isPublic = visibility === 'public'
  return element(
    'span',
    { className: 'room-mark', title: isPublic ? 'Public room' : 'Private room' },
    isPublic ? '#' : '◆',
  )
}
