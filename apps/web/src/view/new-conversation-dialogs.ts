import { LIMITS, type Room, type User } from '@parley/message-schema'
import { v7 as uuidv7 } from 'uuid'
import type { ChatSession } from '../chat/chat-session.ts'
import { roomTitle } from '../chat/room-list.ts'
import { avatar } from './avatar.ts'
import { roomMark } from './conversation-view.ts'
import { element, iconButton } from './element.ts'
import { searchList } from './search-list.ts'

export interface NewConversationPorts {
  readonly session: ChatSession
  readonly open: (roomId: string) => void
  readonly report: (error: unknown) => void
}

export function browseRoomsDialog({ session, open, report }: NewConversationPorts): void {
  const join = (room: Room) => async (): Promise<void> => {
    const isMine = session.rooms.records.has(room.id)
    finish(dialog, isMine ? Promise.resolve(room.id) : session.join(room.id), open, report)
  }
  const results = searchList<Room>({
    label: 'Find a public room',
    nothing: 'No public room is called like this. Create it below.',
    search: (text) => session.publicRooms(text),
    row: (room) =>
      resultButton(
        roomMark(room.visibility),
        roomTitle(room),
        room.topic ?? `${room.memberCount} ${room.memberCount === 1 ? 'person' : 'people'}`,
        session.rooms.records.has(room.id) ? 'Open' : 'Join',
        join(room),
      ),
  })
  const dialog = openDialog(
    'Rooms',
    results,
    createRoomForm(session, (made) => finish(dialog, made, open, report)),
  )
}

export function findPeopleDialog({ session, open, report }: NewConversationPorts): void {
  const results = searchList<User>({
    label: 'Find a person by name',
    nothing: 'Nobody here is called like this.',
    search: (text) => session.searchPeople(text),
    row: (user) =>
      resultButton(
        avatar(user.id, user.displayName),
        user.displayName,
        user.username === null ? 'Guest' : `@${user.username}`,
        'Write',
        async () => finish(dialog, session.openDm([user.id]), open, report),
      ),
  })
  const dialog = openDialog('People', results)
}

function createRoomForm(
  session: ChatSession,
  made: (roomId: Promise<string>) => void,
): HTMLElement {
  // One key for the life of the form: a second press of the button makes no second room.
  const idempotencyKey = uuidv7()
  const name = element('input', {
    className: 'field',
    name: 'name',
    placeholder: 'Name of a new room',
    required: true,
    maxLength: LIMITS.roomNameCharacters,
    autocomplete: 'off',
    aria: { label: 'Name of a new room' },
  })
  const isPrivate = element('input', { type: 'checkbox', name: 'private' })
  const form = element(
    'form',
    { className: 'create-room' },
    name,
    element(
      'div',
      { className: 'create-room-row' },
      element(
        'label',
        { className: 'check' },
        isPrivate,
        'Private: only for those who are invited',
      ),
      element('button', { className: 'button is-primary', type: 'submit' }, 'Create'),
    ),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const visibility = isPrivate.checked ? 'private' : 'public'
    made(session.createRoom({ name: name.value.trim(), visibility }, idempotencyKey))
  })
  return form
}

function finish(
  dialog: HTMLDialogElement,
  roomId: Promise<string>,
  open: (roomId: string) => void,
  report: (error: unknown) => void,
): void {
  const show = (id: string): void => {
    dialog.close()
    open(id)
  }
  void roomId.then(show, report)
}

function openDialog(title: string, ...content: HTMLElement[]): HTMLDialogElement {
  const dialog: HTMLDialogElement = element(
    'dialog',
    { className: 'dialog', aria: { label: title } },
    element(
      'header',
      {},
      element('h2', {}, title),
      iconButton('close', 'Close', () => dialog.close()),
    ),
    ...content,
  )
  dialog.addEventListener('close', () => dialog.remove())
  // A press beside the dialog closes it.
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close())
  document.body.append(dialog)
  dialog.showModal()
  dialog.querySelector<HTMLInputElement>('input[type=search]')?.focus()
  return dialog
}

function resultButton(
  mark: HTMLElement,
  title: string,
  about: string,
  action: string,
  act: () => Promise<void>,
): HTMLElement {
  return element(
    'button',
    { type: 'button', className: 'result', onclick: () => void act() },
    mark,
    element(
      'span',
      { className: 'result-text' },
      element('strong', {}, title),
      element('span', { className: 'quiet' }, about),
    ),
    element('span', { className: 'result-action' }, action),
  )
}
