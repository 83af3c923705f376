import { ChatError } from '@parley/client'
import { errorText } from '../ui/error-text.ts'

export type SignInField = 'username' | 'password' | 'displayName'

/** What is wrong, at its field; `form` is what belongs to none. */
export type FieldErrors<Field extends SignInField> = { readonly [Name in Field | 'form']?: string }

const WORDS: Record<SignInField, string> = {
  username:
    'Use 2 to 32 letters, digits, dots, dashes or underscores, beginning with a letter or digit.',
  password: 'Use 8 to 256 characters.',
  displayName: 'Use 1 to 80 characters that can be seen, on one line.',
}

export const fieldWords = (field: SignInField): string => WORDS[field]

const USERNAME = /^[a-z0-9][a-z0-9._-]{1,31}$/iu

export const checkUsername = (username: string): { username?: string } =>
  USERNAME.test(username.trim()) ? {} : { username: WORDS.username }

export const checkPassword = (password: string): { password?: string } =>
  password.length >= 8 && password.length <= 256 ? {} : { password: WORDS.password }

function fieldsNamed(details: unknown): readonly string[] {
  if (!Array.isArray(details)) return []
  return details.flatMap((issue: unknown) =>
    typeof issue === 'object' && issue !== null && 'path' in issue ? [String(issue.path)] : [],
  )
}

/** An answer of the server, told where it belongs. */
export function signInErrors<Field extends SignInField>(
  error: unknown,
  fields: readonly Field[],
): FieldErrors<Field> {
  const at = (field: SignInField, words: string): FieldErrors<Field> =>
    fields.some((each) => each === field)
      ? ({ [field]: words } as FieldErrors<Field>)
      : { form: words }
  if (!(error instanceof ChatError)) return { form: errorText(error) }
  if (error.code === 'AUTH_INVALID') {
    return at('password', 'The username or the password is not right.')
  }
  if (error.code === 'CONFLICT') return at('username', 'This name is taken. Choose another one.')
  const named = fields.find((field) => fieldsNamed(error.details).includes(field))
  return named === undefined ? { form: errorText(error) } : at(named, WORDS[named])
}
