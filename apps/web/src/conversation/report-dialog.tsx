import type { TimelineMessage } from '@parley/client'
import { type ReactElement, useState } from 'react'
import { useAction } from '../dialogs/use-action.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Modal } from '../ui/modal.tsx'
import { RadioGroup } from '../ui/radio-group.tsx'
import { TextField } from '../ui/text-field.tsx'
import { toast } from '../ui/toaster.tsx'
import { useScope } from './conversation-scope.tsx'

const REASONS = [
  { value: 'spam', label: 'Spam or advertising' },
  { value: 'abuse', label: 'Insults or harassment' },
  { value: 'violence', label: 'Violence or threats' },
  { value: 'sexual', label: 'Sexual content' },
  { value: 'illegal', label: 'Something illegal' },
  { value: 'other', label: 'Something else' },
] as const

type Reason = (typeof REASONS)[number]['value']

/** Shows a message to the moderators, with the reason. */
export function ReportDialog({
  message,
  onShut,
}: {
  readonly message: TimelineMessage
  readonly onShut: () => void
}): ReactElement {
  const { room } = useScope()
  const [reason, setReason] = useState<Reason>('spam')
  const [note, setNote] = useState('')
  const { isBusy, error, run } = useAction()
  const send = async (): Promise<void> => {
    const words = reason === 'other' && note.trim() !== '' ? note.trim() : reason
    if (!(await run(() => room.messages.report(message.seq, words)))) return
    onShut()
    toast({ text: 'The moderators will look at it. Thank you.', tone: 'done' })
  }
  return (
    <Modal
      title="Report this message"
      size="sm"
      isOpen
      onOpenChange={onShut}
      footer={
        <>
          <Button onPress={onShut}>Cancel</Button>
          <Button variant="primary" isPending={isBusy} onPress={() => void send()}>
            Report
          </Button>
        </>
      }
    >
      <div className="conv-report">
        <RadioGroup<Reason>
          label={`What is wrong with what ${message.sender.displayName} said?`}
          options={REASONS}
          value={reason}
          onChange={setReason}
        />
        {reason === 'other' && (
          <TextField
            label="In your words"
            rows={3}
            maxLength={500}
            value={note}
            onChange={setNote}
          />
        )}
        {error !== null && <ErrorNotice error={error} title="The report was not sent." />}
      </div>
    </Modal>
  )
}
