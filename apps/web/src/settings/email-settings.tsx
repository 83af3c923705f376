import { useChat } from '@parley/react'
import { type ReactElement, useState } from 'react'
import { Form } from 'react-aria-components'
import { useAction } from '../dialogs/use-action.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { TextField } from '../ui/text-field.tsx'
import { LoadedPart } from './settings-section.tsx'
import { useLoaded } from './use-loaded.ts'

/** The address to which digests go. */
export function EmailSettings(): ReactElement {
  const { call } = useChat()
  const email = useLoaded(async () => ({ mine: (await call('GET /v1/me/email', {})).email }))
  const [address, setAddress] = useState('')
  const { run, isBusy, error } = useAction()
  const save = async (): Promise<void> => {
    email.set({ mine: (await call('PUT /v1/me/email', { body: { address } })).email })
    setAddress('')
  }
  const forget = async (): Promise<void> => {
    await call('DELETE /v1/me/email', {})
    email.set({ mine: null })
  }
  return (
    <LoadedPart loaded={email}>
      {({ mine }) => (
        <>
          {mine === null ? (
            <Form
              className="settings-line"
              validationBehavior="aria"
              onSubmit={(event) => {
                event.preventDefault()
                if (address.trim() !== '') void run(save)
              }}
            >
              <TextField
                label="Mail address"
                type="email"
                autoComplete="email"
                value={address}
                onChange={setAddress}
              />
              <Button type="submit" isPending={isBusy} isDisabled={address.trim() === ''}>
                Save
              </Button>
            </Form>
          ) : (
            <div className="settings-row">
              <span className="settings-row-words">
                <span className="truncate">{mine.address}</span>
                <span className="settings-note">
                  {mine.confirmedAt === null
                    ? 'Open the link in the mail that we sent there.'
                    : 'Confirmed'}
                </span>
              </span>
              <Button size="sm" isPending={isBusy} onPress={() => void run(forget)}>
                Remove
              </Button>
            </div>
          )}
          {error !== null && <ErrorNotice title="The address was not changed." error={error} />}
        </>
      )}
    </LoadedPart>
  )
}
