// @vitest-environment happy-dom
import { ChatError, type RoomListItem } from '@parley/client'
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ChatProvider } from '../hooks/chat-context.ts'
import { createMemoryChat, LIVE, type MemoryChat } from '../testing/memory-chat.ts'
import { message, user } from '../testing/memory-message.ts'
import { roomInfo, type MemoryRoom } from '../testing/memory-room.ts'
import { ChatShell } from './chat-shell.tsx'
import { ElementContext, type ParleyChatEvents } from './element-context.ts'
import type { ElementSettings } from './element-settings.ts'
import { createFormats } from './formats.ts'
import { stringsOf } from './strings.ts'

const ana = user('ana', 'Ana')
const strings = stringsOf('en')
let memory: MemoryChat
let room: MemoryRoom
let told: (readonly [keyof ParleyChatEvents, unknown])[]
let timesShown: number

beforeEach(() => {
  memory = createMemoryChat()
  room = memory.room('r')
  told = []
  timesShown = 0
})
afterEach(cleanup)

function show(roomId: string | null) {
  const settings: ElementSettings = {
    url: null,
    token: 'x',
    getToken: null,
    guestName: null,
    roomId,
    language: 'en',
    locale: 'en',
    dir: null,
  }
  const formats = createFormats('en', strings)
  const tools = {
    settings,
    strings,
    formats: { ...formats, time: (ts: string) => ((timesShown += 1), formats.time(ts)) },
    emit: (name: keyof ParleyChatEvents, detail: unknown) => void told.push([name, detail]),
  }
  return render(
    <ElementContext.Provider value={tools}>
      <ChatProvider chat={memory.chat}>
        <ChatShell onSignInAgain={null} />
      </ChatProvider>
    </ElementContext.Provider>,
  )
}

const field = (): HTMLTextAreaElement => screen.getByRole('textbox', { name: 'Write to r' })
const write = async (text: string): Promise<void> => {
  fireEvent.change(field(), { target: { value: text } })
  await waitFor(() => expect(field().value).toBe(text))
}

describe('the messages', () => {
  test('texts are shown as text, whatever is in them', () => {
    const payload = '<img src=x onerror="alert(1)"><script>alert(1)</script>'
    const evil = user('evil', '<b>evil</b>')
    room.arrive(message(1, evil, `${payload} https://a.example/"><svg onload=alert(1)>`))
    const { container } = show('r')
    expect(container.querySelector('img, script, b, svg[onload]')).toBeNull()
    expect(screen.getByRole('log').textContent).toContain(payload)
    expect(screen.getByRole('link').getAttribute('href')).toBe('https://a.example/')
  })

  test('edited, deleted, quoted and reacted to are seen to be so', () => {
    room.arrive(
      message(1, ana, 'first', { editedAt: '2026-01-01T10:00:00.000Z' }),
      message(2, ana, null, { deletedAt: '2026-01-01T10:00:00.000Z' }),
      message(3, ana, 'third', {
        replyTo: 1,
        quoted: { seq: 1, senderName: 'Ana', text: 'first' },
        reactions: [{ key: '👍', count: 2, userIds: ['me', 'ana'], mine: true }],
      }),
    )
    show('r')
    const [first, second, third] = screen.getAllByRole('article')
    expect(first?.textContent).toContain('edited')
    expect(second?.textContent).toContain('This message was deleted.')
    fireEvent.click(screen.getByTitle('Go to the message of Ana'))
    expect(third?.textContent).toContain('third')
    const reaction = screen.getByRole('button', { name: '👍: 2 reactions, one of them yours' })
    expect(reaction.getAttribute('aria-pressed')).toBe('true')
    fireEvent.click(reaction)
    expect(room.calls).toContain('jumpTo 1')
    expect(room.calls).toContain('react 3 👍 false')
  })

  test('one that comes is announced, and renders one row of a thousand', async () => {
    room.arrive(...Array.from({ length: 1_000 }, (_, index) => message(index + 1, ana, 'old')))
    show('r')
    expect(timesShown).toBe(1_000)
    await act(async () => room.arrive(message(1_001, ana, 'hello')))
    expect(timesShown).toBe(1_001)
    await waitFor(() =>
      expect(screen.getAllByRole('status').map((status) => status.textContent)).toContain(
        'Ana: hello',
      ),
    )
  })

  test('one that failed says why, and can be sent again or given up', () => {
    const error = new ChatError({ code: 'MUTED', message: '' })
    const state = { name: 'failed', error } as const
    room.arrive(message(0, memory.me, 'no', { clientMsgId: 'c1', isMine: true, state }))
    show('r')
    expect(screen.getByRole('alert').textContent).toContain(strings.errors.MUTED)
    fireEvent.click(screen.getByRole('button', { name: 'Send again' }))
    fireEvent.click(screen.getByRole('button', { name: 'Discard' }))
    expect(room.calls).toEqual(expect.arrayContaining(['retry c1', 'cancel c1']))
  })

  test('the line before what is new stands where reading ended', () => {
    room.mine.set({ readSeq: 1, unread: 1, mentions: 0 })
    room.arrive(message(1, ana, 'read'), message(2, ana, 'unread'))
    show('r')
    const line = screen.getByText('New messages')
    expect(line.closest('[data-seq]')?.getAttribute('data-seq')).toBe('2')
  })

  test('a page that could not be read says so and can be asked for again', () => {
    room.change({
      status: 'failed',
      error: new ChatError({ code: 'SERVER_BUSY', message: '', retryable: true }),
    })
    show('r')
    expect(screen.getByRole('alert').textContent).toContain(strings.errors.SERVER_BUSY)
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(room.calls).toContain('jumpToLatest')
  })
})

describe('what cannot be sent now stays in the field', () => {
  test('what is longer than a message may be is not sent, and it says so', async () => {
    show('r')
    await write('x'.repeat(20_001))
    expect(screen.getByText(strings.tooLong)).toBeDefined()
    fireEvent.keyDown(field(), { key: 'Enter' })
    expect(room.calls.filter((call) => call.startsWith('send'))).toEqual([])
    await write('x'.repeat(20_000))
    expect(screen.queryByText(strings.tooLong)).toBeNull()
    fireEvent.keyDown(field(), { key: 'Enter' })
    expect(room.calls.filter((call) => call.startsWith('send'))).toHaveLength(1)
  })

  test('where too much waits to be sent the words stay, and it says so', async () => {
    const { messages } = room.room
    const stored = new Promise<never>(() => undefined)
    const refuse = vi.spyOn(messages, 'send').mockReturnValue({
      clientMsgId: 'c1',
      stored,
      isRefused: true,
    })
    show('r')
    await write('hello')
    fireEvent.keyDown(field(), { key: 'Enter' })
    expect(refuse).toHaveBeenCalledOnce()
    expect(screen.getByText(strings.tooManyWaiting)).toBeDefined()
    expect([field().value, memory.drafts.get('r/')]).toEqual(['hello', 'hello'])
    refuse.mockRestore()
    fireEvent.keyDown(field(), { key: 'Enter' })
    expect(room.calls).toContain('send hello')
    await waitFor(() => expect(field().value).toBe(''))
    expect(screen.queryByText(strings.tooManyWaiting)).toBeNull()
  })
})

describe('the composer', () => {
  test('enter sends and empties it; shift and enter, and an input method, do not', async () => {
    show('r')
    await write('hello')
    fireEvent.keyDown(field(), { key: 'Enter', shiftKey: true })
    fireEvent.keyDown(field(), { key: 'Enter', isComposing: true })
    fireEvent.keyDown(field(), { key: 'Enter', keyCode: 229 })
    expect(room.calls).not.toContain('send hello')
    fireEvent.keyDown(field(), { key: 'Enter' })
    expect(room.calls).toContain('send hello')
    await waitFor(() => expect(field().value).toBe(''))
    expect(memory.drafts.get('r/')).toBe('')
  })

  test('what is blank is not sent', async () => {
    show('r')
    await write('  \n ')
    fireEvent.keyDown(field(), { key: 'Enter' })
    expect(room.calls.filter((call) => call.startsWith('send'))).toEqual([])
  })

  test('the draft of the room is there, and what is written is kept', async () => {
    memory.drafts.set('r/', 'begun')
    show('r')
    await waitFor(() => expect(field().value).toBe('begun'))
    await write('begun and more')
    expect(memory.drafts.get('r/')).toBe('begun and more')
  })

  test('files are uploaded, shown with their progress, and sent when they are there', async () => {
    const { container } = show('r')
    const files = [new File(['x'], 'notes.txt')]
    const input = container.querySelector('input[type=file]')
    if (input !== null) fireEvent.change(input, { target: { files } })
    const [upload] = memory.uploads
    act(() => upload?.progress.set(0.5))
    expect(screen.getByRole('progressbar', { name: 'Uploading notes.txt' })).toBeDefined()
    await write('see')
    fireEvent.keyDown(field(), { key: 'Enter' })
    expect(room.calls).not.toContain('send see')
    await act(async () =>
      upload?.finish({ id: 'f1', name: 'notes.txt', mime: 'text/plain', bytes: 1 }),
    )
    fireEvent.keyDown(field(), { key: 'Enter' })
    expect(room.calls).toContain('send see')
    expect(room.timeline.current.items.at(-1)?.attachments[0]?.id).toBe('f1')
    expect(screen.queryByRole('progressbar')).toBeNull()
  })

  test('an upload that goes wrong says why; it can be tried again and removed', async () => {
    const { container } = show('r')
    const input = container.querySelector('input[type=file]')
    if (input !== null) {
      fireEvent.change(input, { target: { files: [new File(['x'], 'a.txt')] } })
    }
    const error = new ChatError({ code: 'UNKNOWN_OUTCOME', message: '', retryable: true })
    await act(async () => memory.uploads[0]?.fail(error))
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(memory.uploads).toHaveLength(2)
    fireEvent.click(screen.getByRole('button', { name: 'Remove a.txt' }))
    expect(memory.uploads[1]?.isCancelled).toBe(true)
  })

  test('where one may not write it says why', () => {
    room.info.set(roomInfo('r', { archived: true }))
    show('r')
    expect(screen.queryByRole('textbox')).toBeNull()
    expect(screen.getByText(strings.archived)).toBeDefined()
  })
})

describe('the rooms', () => {
  const item = (id: string, unread: number): RoomListItem => {
    const info = roomInfo(id)
    const me = info.me === undefined ? {} : { me: { ...info.me, unread } }
    return { info: { ...info, ...me }, latest: null, activeAt: 0 }
  }

  test('are a list with what is unread, and the chosen one is open', () => {
    memory.list.set({ status: 'ready', error: null, rooms: [item('r', 3), item('s', 0)] })
    show(null)
    const button = screen.getByRole('button', { name: /3 unread messages/u })
    fireEvent.click(button)
    expect(button.getAttribute('aria-current')).toBe('true')
    expect(room.calls).toContain('open')
    fireEvent.click(screen.getByRole('button', { name: 'Back to the rooms' }))
    expect(room.calls).toContain('close')
  })

  test('none, and not read, are told apart', () => {
    show(null)
    expect(screen.getByText('No rooms yet')).toBeDefined()
    act(() => memory.list.set({ status: 'failed', error: null, rooms: [] }))
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(memory.list.current.status).toBe('loading')
  })

  test('a room that is named and not mine is joined; where that fails the page is told', async () => {
    room.info.set(null)
    const error = new ChatError({ code: 'NOT_FOUND', message: '' })
    let tries = 0
    const join = async () => {
      tries += 1
      if (tries === 1) throw error
      room.info.set(roomInfo('r'))
      return room.room
    }
    memory = { ...memory, chat: { ...memory.chat, rooms: { ...memory.chat.rooms, join } } }
    show('r')
    expect(await screen.findByText(strings.errors.NOT_FOUND)).toBeDefined()
    expect(told).toContainEqual(['parley-error', { error }])
    await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Try again' })))
    expect(screen.getByRole('log')).toBeDefined()
  })
})

describe('what the page is told', () => {
  test('once that it is live, what is unread, and why it has ended', () => {
    memory.connection.set({ ...LIVE, status: 'connecting' })
    memory.unread.set({ messages: 4, mentions: 0, rooms: 1 })
    show(null)
    expect(told).toEqual([['parley-unread', { count: 4 }]])
    act(() => memory.connection.set(LIVE))
    act(() => memory.connection.set({ ...LIVE, status: 'waiting' }))
    act(() => memory.connection.set(LIVE))
    expect(told.slice(1)).toEqual([['parley-ready', { chat: memory.chat }]])
    const error = new ChatError({ code: 'AUTH_REVOKED', message: '' })
    act(() => memory.connection.set({ ...LIVE, status: 'ended', error }))
    expect(told.at(-1)).toEqual(['parley-error', { error }])
    expect(screen.getByText(strings.errors.AUTH_REVOKED)).toBeDefined()
  })

  test('of one room what is unread in that one', () => {
    room.mine.set({ readSeq: 1, unread: 2, mentions: 0 })
    show('r')
    expect(told).toContainEqual(['parley-unread', { count: 2 }])
    act(() => room.mine.set({ readSeq: 3, unread: 0, mentions: 0 }))
    expect(told.at(-1)).toEqual(['parley-unread', { count: 0 }])
  })
})
