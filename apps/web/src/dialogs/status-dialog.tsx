import { useChat, useStore } from '@parley/react'
import { type ReactElement, useRef, useState } from 'react'
import { Form } from 'react-aria-components'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Modal } from '../ui/modal.tsx'
import { TextField } from '../ui/text-field.tsx'
import type { DialogProps } from './dialog-props.ts'
import { useAction } from './use-action.ts'
import './dialogs.css'

const IDEAS = ['In a meeting', 'Out for lunch', 'Working from home', 'On holiday']
const MAX = 140

export function StatusDialog({ isOpen, onClose }: DialogProps): ReactElement {
  return (
    <Modal
      title="Status text"
      size="sm"
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      <StatusForm onDone={onClose} />
    </Modal>
  )
}

function StatusForm({ onDone }: { readonly onDone: () => void }): ReactElement {
  const { presence } = useChat()
  const mine = useStore(presence.mine)
  const [text, setText] = useState(mine?.text ?? '')
  const form = useRef<HTMLFormElement>(null)
  const { run, isBusy, error } = useAction()
  const save = async (words: string): Promise<void> => {
    const trimmed = words.trim()
    await presence.set({ text: trimmed === '' ? null : trimmed })
    onDone()
  }
  return (
    <Form
      ref={form}
      className="dialog-form"
      validationBehavior="aria"
      onSubmit={(event) => {
        event.preventDefault()
        void run(() => save(text))
      }}
    >
      <TextField
        label="What are you doing?"
        autoFocus
        maxLength={MAX}
        value={text}
        onChange={setText}
        description="Others see it beside your name until you change it."
      />
      <div className="status-ideas">
        {IDEAS.map((idea) => (
          <Button key={idea} size="sm" onPress={() => setText(idea)}>
            {idea}
          </Button>
        ))}
      </div>
      {error !== null && <ErrorNotice title="It was not saved." error={error} />}
      <div className="dialog-buttons">
        {mine?.text != null && (
          <Button isDisabled={isBusy} onPress={() => void run(() => save(''))}>
            Clear
          </Button>
        )}
        <Button type="submit" variant="primary" isPending={isBusy}>
          Save
        </Button>
      </div>
    </Form>
  )
}
