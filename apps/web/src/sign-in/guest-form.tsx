import { type ReactElement, useState } from 'react'
import { Form } from 'react-aria-components'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { FormError } from './form-error.tsx'
import type { WayInProps } from './sign-in-form.tsx'
import { useSignInForm } from './use-sign-in-form.ts'

export function GuestForm({ accounts, onSignedIn }: WayInProps): ReactElement {
  const [displayName, setDisplayName] = useState('')
  const { errors, isBusy, onSubmit, forget } = useSignInForm({
    fields: ['displayName'],
    check: () => ({}),
    send: () => accounts.guest(displayName.trim() === '' ? undefined : displayName.trim()),
    onSignedIn,
  })
  return (
    <Form className="sign-in-form" onSubmit={onSubmit} validationBehavior="aria">
      <TextField
        label="Your name"
        name="name"
        autoComplete="name"
        autoFocus
        maxLength={80}
        value={displayName}
        error={errors.displayName ?? null}
        description="You need no account. Once you sign out you cannot come back as the same guest."
        onChange={(text) => {
          setDisplayName(text)
          forget('displayName')
        }}
      />
      <FormError text={errors.form} />
      <Button type="submit" variant="primary" isWide isPending={isBusy}>
        Continue as guest
      </Button>
    </Form>
  )
}
