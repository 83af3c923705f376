import type { MessageDraft } from '@parley/client'
import { useSend, useTyping } from '@parley/react'
import { useState } from 'react'
import { useConfirm } from '../ui/confirm.tsx'
import { toast, toastError } from '../ui/toaster.tsx'
import { useScope } from './conversation-scope.tsx'
import { mentionsOf, type Picked } from './mention-words.ts'
import { keepPicked, readPicked } from './picked-people.ts'
import type { ComposerText } from './use-composer-text.ts'
import { deleteMessage } from './use-row-entries.tsx'

export interface PickedPeople {
  readonly current: readonly Picked[]
  readonly add: (one: Picked) => void
  readonly clear: () => void
}

export interface ComposerSend {
  readonly send: () => void
  /** Everybody who was picked while this was written. */
  readonly picked: PickedPeople
}

function createPicked(roomId: string, threadId: number | undefined): PickedPeople {
  let current = readPicked(roomId, threadId)
  const set = (next: Picked[]): void => {
    current = next
    keepPicked(roomId, threadId, next)
  }
  return {
    get current() {
      return current
    },
    add: (one) => set([...current, one]),
    clear: () => set([]),
  }
}

/** Says what is in the composer, or changes the message that is edited. */
export function useComposerSend({ target, text, setText, leave }: ComposerText): ComposerSend {
  const scope = useScope()
  const { roomId, threadId, room, uploads, list } = scope
  const say = useSend(roomId, threadId)
  const { stop } = useTyping(roomId, threadId)
  const confirm = useConfirm()
  const [picked] = useState(() => createPicked(roomId, threadId))

  const edit = (): void => {
    if (target.name !== 'edit') return
    const { message } = target
    const words = text.trim()
    if (words === '' && message.attachments.length === 0) {
      leave()
      void deleteMessage(room, message, confirm)
      return
    }
    leave()
    if (words === (message.text ?? '')) return
    room.messages.edit(message.seq, words).catch((error: unknown) => {
      toastError(error, 'The message was not changed.')
      // Nothing that was written is lost, unless something else is being written by now.
      if (scope.target.current.name === 'new') scope.target.set({ ...target, text: words })
    })
  }

  const send = (): void => {
    if (target.name === 'edit') {
      edit()
      return
    }
    const waiting = uploads.files.current
    if (waiting.some(({ attachment, error }) => attachment === null && error === null)) return
    const words = text.trim()
    const attachments = waiting.flatMap(({ attachment }) => attachment ?? [])
    if (words === '' && attachments.length === 0) return
    const { mentions, mentionAll } = mentionsOf(words, picked.current)
    const draft: MessageDraft = {
      ...(words === '' ? {} : { text: words }),
      ...(attachments.length > 0 && { attachments }),
      ...(target.name === 'reply' && { replyTo: target.message.seq }),
      ...(mentions.length > 0 && { mentions }),
      ...(mentionAll !== null && { mentionAll }),
    }
    if (say(draft).isRefused === true) {
      toast({ text: 'Too many messages wait to be sent. Send this one later.', tone: 'problem' })
      return
    }
    uploads.take()
    if (uploads.files.current.length > 0) {
      const left = 'What could not be uploaded was not sent. Try it again, or remove it.'
      toast({ text: left, tone: 'problem' })
    }
    setText('')
    stop()
    picked.clear()
    if (target.name === 'reply') leave()
    list.current?.sent()
  }
  return { send, picked }
}
