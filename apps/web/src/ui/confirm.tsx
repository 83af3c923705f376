import {
  createContext,
  type ReactElement,
  type ReactNode,
  use,
  useCallback,
  useRef,
  useState,
} from 'react'
import { Button } from './button.tsx'
import { Modal } from './modal.tsx'

export interface Question {
  readonly title: string
  readonly text: ReactNode
  /** On the button that does it: a verb, `Delete`. */
  readonly action: string
  readonly isDanger?: boolean
}

export type Ask = (question: Question) => Promise<boolean>

const AskContext = createContext<Ask | null>(null)

/** `if (await confirm({ … })) …`: false if it was shut. */
export function useConfirm(): Ask {
  const ask = use(AskContext)
  if (ask === null) throw new Error('useConfirm needs a ConfirmProvider above it')
  return ask
}

export function ConfirmProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const [question, setQuestion] = useState<Question | null>(null)
  const [isOpen, setIsOpen] = useState(false)
  const answer = useRef<(yes: boolean) => void>(() => {})
  const ask = useCallback<Ask>((asked) => {
    answer.current(false)
    setQuestion(asked)
    setIsOpen(true)
    return new Promise((resolve) => (answer.current = resolve))
  }, [])
  const settle = (yes: boolean): void => {
    setIsOpen(false)
    answer.current(yes)
  }
  return (
    <AskContext value={ask}>
      {children}
      <Modal
        role="alertdialog"
        size="sm"
        title={question?.title ?? ''}
        isOpen={isOpen}
        onOpenChange={(open) => {
          if (!open) settle(false)
        }}
        footer={
          <>
            <Button onPress={() => settle(false)}>Cancel</Button>
            <Button
              autoFocus
              variant={question?.isDanger === true ? 'danger' : 'primary'}
              onPress={() => settle(true)}
            >
              {question?.action ?? ''}
            </Button>
          </>
        }
      >
        <div className="ui-confirm-text">{question?.text}</div>
      </Modal>
    </AskContext>
  )
}
