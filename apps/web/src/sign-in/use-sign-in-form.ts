import type { Account } from '@parley/client'
import { type SyntheticEvent, useState } from 'react'
import { type FieldErrors, type SignInField, signInErrors } from './sign-in-errors.ts'

export interface SignInFormState<Field extends SignInField> {
  readonly errors: FieldErrors<Field>
  readonly isBusy: boolean
  readonly onSubmit: (event: SyntheticEvent) => void
  /** Whoever changes a field is no longer told what was wrong with it. */
  readonly forget: (field: Field) => void
}

interface SignInFormPorts<Field extends SignInField> {
  readonly fields: readonly Field[]
  /** What can be said without asking the server. */
  readonly check: () => FieldErrors<Field>
  readonly send: () => Promise<Account>
  readonly onSignedIn: (account: Account) => void
}

/** Sends a form once, and says at each field what was wrong with it. */
export function useSignInForm<Field extends SignInField>({
  fields,
  check,
  send,
  onSignedIn,
}: SignInFormPorts<Field>): SignInFormState<Field> {
  const [errors, setErrors] = useState<FieldErrors<Field>>({})
  const [isBusy, setIsBusy] = useState(false)
  const submit = async (): Promise<void> => {
    const found = check()
    setErrors(found)
    if (isBusy || Object.keys(found).length > 0) return
    setIsBusy(true)
    try {
      onSignedIn(await send())
    } catch (error) {
      setErrors(signInErrors(error, fields))
    } finally {
      setIsBusy(false)
    }
  }
  return {
    errors,
    isBusy,
    onSubmit: (event) => {
      event.preventDefault()
      void submit()
    },
    forget: (field) => setErrors(({ [field]: _told, ...rest }) => rest as FieldErrors<Field>),
  }
}
