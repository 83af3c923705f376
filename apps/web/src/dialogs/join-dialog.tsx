import { type ReactElement, useRef, useState } from 'react'
import { Form } from 'react-aria-components'
import { inviteHref, navigate } from '../app/route.ts'
import { Button } from '../ui/button.tsx'
import { Modal } from '../ui/modal.tsx'
import { TextField } from '../ui/text-field.tsx'
import type { DialogProps } from './dialog-props.ts'
import { codeOf } from './invite-code.ts'
import './dialogs.css'

/** A code or a link that somebody gave. What it leads to is shown before one joins. */
export function JoinDialog({ isOpen, onClose }: DialogProps): ReactElement {
  const form = useRef<HTMLFormElement>(null)
  const [text, setText] = useState('')
  const [error, setError] = useState<string | null>(null)
  const close = (): void => {
    setText('')
    setError(null)
    onClose()
  }
  const look = (): void => {
    const code = codeOf(text)
    if (code === null) {
      setError('That is no invite. Paste the whole link or the code of 22 signs.')
      return
    }
    close()
    navigate(inviteHref(code))
  }
  return (
    <Modal
      title="Join by invite"
      size="sm"
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) close()
      }}
      footer={
        <>
          <Button onPress={close}>Cancel</Button>
          <Button variant="primary" onPress={() => form.current?.requestSubmit()}>
            Look at the invite
          </Button>
        </>
      }
    >
      <Form
        ref={form}
        className="dialog-form"
        validationBehavior="aria"
        onSubmit={(event) => {
          event.preventDefault()
          look()
        }}
      >
        <TextField
          label="Invite link or code"
          autoFocus
          autoCapitalize="none"
          spellCheck="false"
          value={text}
          error={error}
          onChange={(value) => {
            setText(value)
            setError(null)
          }}
        />
      </Form>
    </Modal>
  )
}
