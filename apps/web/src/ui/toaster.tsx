import { CircleAlert, CircleCheck, X } from 'lucide-react'
import type { ReactElement } from 'react'
import {
  Button,
  Text,
  UNSTABLE_Toast as Toast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastList as ToastList,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from 'react-aria-components'
import { errorText } from './error-text.ts'
import './state.css'

export interface ToastWords {
  readonly text: string
  readonly tone?: 'plain' | 'done' | 'problem'
  /** One thing that can be done about it: `Undo`. */
  readonly action?: { readonly label: string; readonly onAction: () => void }
}

const STAYS_MS = 6_000
const queue = new ToastQueue<ToastWords>({ maxVisibleToasts: 3 })

/** A short word on something that happened. It goes by itself, later if something can be done. */
export function toast(words: ToastWords | string): void {
  const content = typeof words === 'string' ? { text: words } : words
  queue.add(content, { timeout: content.action === undefined ? STAYS_MS : STAYS_MS * 2 })
}

/** For `catch`: says in words what went wrong. `doing`: `The message was not pinned.` */
export function toastError(error: unknown, doing?: string): void {
  toast({ text: [doing, errorText(error)].filter(Boolean).join(' '), tone: 'problem' })
}

/** Once, in the app. */
export function Toaster(): ReactElement {
  return (
    <ToastRegion queue={queue} className="ui-toasts" aria-label="Notices">
      <ToastList<ToastWords> className="ui-toast-list">
        {({ toast: shown }) => {
          const { text, tone = 'plain', action } = shown.content
          return (
            <Toast toast={shown} className="ui-toast" data-tone={tone}>
              {tone === 'problem' && <CircleAlert size={18} aria-hidden />}
              {tone === 'done' && <CircleCheck size={18} aria-hidden />}
              <ToastContent className="ui-toast-text">
                <Text slot="title">{text}</Text>
              </ToastContent>
              {action !== undefined && (
                <Button
                  onPress={() => {
                    action.onAction()
                    queue.close(shown.key)
                  }}
                >
                  {action.label}
                </Button>
              )}
              <Button slot="close" aria-label="Close">
                <X size={16} aria-hidden />
              </Button>
            </Toast>
          )
        }}
      </ToastList>
    </ToastRegion>
  )
}
