import type { User } from '@parley/message-schema'
import { useChat, useMe } from '@parley/react'
import { type ReactElement, useState } from 'react'
import { Form } from 'react-aria-components'
import { useAction } from '../dialogs/use-action.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { TextField } from '../ui/text-field.tsx'
import { toast } from '../ui/toaster.tsx'
import { AvatarField } from './avatar-field.tsx'
import { SettingsSection } from './settings-section.tsx'

/** How others see me. */
export function ProfileSettings(): ReactElement {
  const me = useMe()
  return (
    <SettingsSection title="Profile" note="How others see you, in every room.">
      {me === null ? <Skeleton width="60%" /> : <ProfileForm key={me.id} me={me} />}
    </SettingsSection>
  )
}

function ProfileForm({ me }: { readonly me: User }): ReactElement {
  const chat = useChat()
  const [name, setName] = useState(me.displayName)
  const { run, isBusy, error } = useAction()
  if (me.kind === 'host') {
    return (
      <p className="settings-note">
        You are <b dir="auto">{me.displayName}</b>. Your name and picture come from the application
        that you signed in with: change them there.
      </p>
    )
  }
  const isSame = name.trim() === me.displayName
  return (
    <>
      <AvatarField me={me} />
      <Form
        className="settings-form"
        validationBehavior="aria"
        onSubmit={(event) => {
          event.preventDefault()
          void run(async () => {
            await chat.updateMe({ displayName: name.trim() })
            toast({ text: 'Your name is changed.', tone: 'done' })
          })
        }}
      >
        <TextField
          label="Name"
          autoComplete="name"
          maxLength={80}
          value={name}
          error={name.trim() === '' ? 'A name has at least one letter.' : null}
          onChange={setName}
        />
        {me.username !== null && (
          <TextField
            label="Username"
            isReadOnly
            value={me.username}
            description="With it you sign in. It stays as it is."
          />
        )}
        {error !== null && <ErrorNotice title="Your name was not changed." error={error} />}
        <Button
          type="submit"
          variant="primary"
          isPending={isBusy}
          isDisabled={isSame || name.trim() === ''}
        >
          Save
        </Button>
      </Form>
    </>
  )
}
