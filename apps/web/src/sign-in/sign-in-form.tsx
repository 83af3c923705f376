import type { Account, Accounts } from '@parley/client'
import { type ReactElement, useState } from 'react'
import { Form } from 'react-aria-components'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { FormError } from './form-error.tsx'
import { lastUsername, keepUsername } from './last-username.ts'
import { useSignInForm } from './use-sign-in-form.ts'

export interface WayInProps {
  readonly accounts: Accounts
  readonly onSignedIn: (account: Account) => void
}

export function SignInForm({ accounts, onSignedIn }: WayInProps): ReactElement {
  const [username, setUsername] = useState(lastUsername)
  const [password, setPassword] = useState('')
  const [isKnown] = useState(username !== '')
  const { errors, isBusy, onSubmit, forget } = useSignInForm({
    fields: ['username', 'password'],
    check: () => ({
      ...(username.trim() === '' ? { username: 'Say who you are.' } : {}),
      ...(password === '' ? { password: 'Give your password.' } : {}),
    }),
    send: () => accounts.signIn({ username: username.trim(), password }),
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
        autoFocus={!isKnown}
        value={username}
        error={errors.username ?? null}
        onChange={(text) => {
          setUsername(text)
          forget('username')
        }}
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        autoFocus={isKnown}
        value={password}
        error={errors.password ?? null}
        onChange={(text) => {
          setPassword(text)
          forget('password')
        }}
      />
      <FormError text={errors.form} />
      <Button type="submit" variant="primary" isWide isPending={isBusy}>
        Sign in
      </Button>
    </Form>
  )
}
