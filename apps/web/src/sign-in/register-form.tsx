import { type ReactElement, useState } from 'react'
import { Form } from 'react-aria-components'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { FormError } from './form-error.tsx'
import { keepUsername } from './last-username.ts'
import { checkPassword, checkUsername, fieldWords } from './sign-in-errors.ts'
import type { WayInProps } from './sign-in-form.tsx'
import { useSignInForm } from './use-sign-in-form.ts'

export function RegisterForm({ accounts, onSignedIn }: WayInProps): ReactElement {
  const [username, setUsername] = useState('')
  const [displayName, setDisplayName] = useState('')
  const [password, setPassword] = useState('')
  const { errors, isBusy, onSubmit, forget } = useSignInForm({
    fields: ['username', 'displayName', 'password'],
    check: () => ({ ...checkUsername(username), ...checkPassword(password) }),
    send: () =>
      accounts.register({
        username: username.trim(),
        password,
        ...(displayName.trim() === '' ? {} : { displayName: displayName.trim() }),
      }),
    onSignedIn: (account) => {
      keepUsername(username.trim())
      onSignedIn(account)
    },
  })
  return (
    <Form className="sign-in-form" onSubmit={onSubmit} validationBehavior="aria">
      <TextField
        label="Username"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck="false"
        autoFocus
        value={username}
        error={errors.username ?? null}
        description="With it you sign in. Letters, digits, dots, dashes."
        onChange={(text) => {
          setUsername(text)
          forget('username')
        }}
      />
      <TextField
        label="Your name"
        name="name"
        autoComplete="name"
        maxLength={80}
        value={displayName}
        error={errors.displayName ?? null}
        description="How others see you. The username if you leave it out."
        onChange={(text) => {
          setDisplayName(text)
          forget('displayName')
        }}
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        value={password}
        error={errors.password ?? null}
        description={fieldWords('password')}
        onChange={(text) => {
          setPassword(text)
          forget('password')
        }}
      />
      <FormError text={errors.form} />
      <Button type="submit" variant="primary" isWide isPending={isBusy}>
        Create account
      </Button>
    </Form>
  )
}
