import type { TimelineMessage } from '@parley/client'
import {
  useEffect,
  useRef,
  useState,
  type ChangeEvent,
  type ClipboardEvent,
  type KeyboardEvent,
  type RefObject,
} from 'react'
import { useDraft } from '../hooks/use-draft.ts'
import { useSend } from '../hooks/use-send.ts'
import { useTyping } from '../hooks/use-typing.ts'
import type { Uploads } from './use-uploads.ts'

export interface WritingPlace {
  readonly roomId: string
  /** `null` where one may not attach. */
  readonly uploads: Uploads | null
  readonly replyTo: TimelineMessage | null
  readonly onReplied: () => void
}

export interface Writing {
  readonly text: string
  readonly field: RefObject<HTMLTextAreaElement | null>
  /** Why it is not sent now. */
  readonly problem: 'uploading' | 'too-long' | 'too-many' | null
  readonly maySend: boolean
  readonly submit: () => void
  readonly onKeyDown: (event: KeyboardEvent) => void
  readonly onChange: (event: ChangeEvent<HTMLTextAreaElement>) => void
  readonly onPaste: (event: ClipboardEvent) => void
}

/** Characters that a message may have. */
const MOST_CHARACTERS = 20_000

/** What becomes of keys, words and files until they are sent. */
export function useWriting({ roomId, uploads, replyTo, onReplied }: WritingPlace): Writing {
  const send = useSend(roomId)
  const { keystroke, stop } = useTyping(roomId)
  const [text, setText] = useDraft(roomId)
  const field = useRef<HTMLTextAreaElement>(null)
  /** What there was no room for among all that waits to be sent. */
  const [refused, setRefused] = useState<string | null>(null)

  useEffect(() => {
    if (replyTo !== null) field.current?.focus()
  }, [replyTo])

  const attachments = uploads?.files.flatMap(({ attachment }) => attachment ?? []) ?? []
  const isUploading = uploads?.isBusy ?? false
  const isTooLong = text.length > MOST_CHARACTERS
  const maySend = !isUploading && !isTooLong && (text.trim() !== '' || attachments.length > 0)

  const submit = (): void => {
    if (!maySend) return
    const words = text.trim()
    const { isRefused = false } = send({
      ...(words === '' ? {} : { text: words }),
      ...(attachments.length === 0 ? {} : { attachments }),
      ...(replyTo === null ? {} : { replyTo: replyTo.seq }),
    })
    setRefused(isRefused ? text : null)
    if (isRefused) return
    uploads?.take()
    setText('')
    stop()
    onReplied()
    field.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes, enter chooses a word (Safari says so by the code 229 only).
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    if (event.key === 'Escape' && replyTo !== null) return onReplied()
    if (event.key !== 'Enter' || event.shiftKey || event.altKey || event.metaKey) return
    event.preventDefault()
    submit()
  }
  const onChange = (event: ChangeEvent<HTMLTextAreaElement>): void => {
    setText(event.target.value)
    if (event.target.value === '') stop()
    else keystroke()
  }
  const onPaste = (event: ClipboardEvent): void => {
    const { files } = event.clipboardData
    if (uploads === null || files.length === 0) return
    event.preventDefault()
    uploads.add(files)
  }

  let problem: Writing['problem'] = maySend && refused === text ? 'too-many' : null
  if (isTooLong) problem = 'too-long'
  if (isUploading) problem = 'uploading'
  return { text, field, problem, maySend, submit, onKeyDown, onChange, onPaste }
}
