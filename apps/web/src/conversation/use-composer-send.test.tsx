// @vitest-environment happy-dom
import { createChat, type ChatOptions } from '@parley/client'
import { ChatProvider } from '@parley/react'
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import type { ReactElement } from 'react'
import { afterEach, expect, test, vi } from 'vitest'
import { ConfirmProvider } from '../ui/confirm.tsx'
import { ConversationScope } from './conversation-scope.tsx'
import { useComposerSend } from './use-composer-send.ts'
import { useComposerText } from './use-composer-text.ts'

afterEach(cleanup)

const nothing = async (): Promise<void> => undefined
const NOTHING_KEPT: NonNullable<ChatOptions['storage']> = {
  get: nothing,
  put: nothing,
  delete: nothing,
  list: async () => [],
  clear: nothing,
  close: () => undefined,
}

function Field(): ReactElement {
  const words = useComposerText()
  const { send } = useComposerSend(words)
  const { text, setText } = words
  return (
    <>
      <textarea value={text} onChange={({ currentTarget }) => setText(currentTarget.value)} />
      <button onClick={send}>Send</button>
    </>
  )
}

test('where too much waits to be sent the words stay', async () => {
  const chat = createChat({
    url: 'http://127.0.0.1:9',
    token: 'none',
    userId: 'me',
    tabs: 'own',
    autoConnect: false,
    storage: NOTHING_KEPT,
  })
  const { messages } = chat.rooms.get('room')
  const said = { clientMsgId: 'c1', stored: new Promise<never>(() => undefined) }
  const send = vi.spyOn(messages, 'send').mockReturnValueOnce({ ...said, isRefused: true })
  render(
    <ChatProvider chat={chat}>
      <ConfirmProvider>
        <ConversationScope roomId="room">
          <Field />
        </ConversationScope>
      </ConfirmProvider>
    </ChatProvider>,
  )
  const field = (): HTMLTextAreaElement => screen.getByRole('textbox')
  await act(async () => fireEvent.change(field(), { target: { value: 'hello' } }))
  fireEvent.click(screen.getByRole('button'))
  expect(send).toHaveBeenCalledOnce()
  expect(field().value).toBe('hello')
  send.mockReturnValueOnce(said)
  fireEvent.click(screen.getByRole('button'))
  await waitFor(() => expect(field().value).toBe(''))
  await chat.close(0)
})
