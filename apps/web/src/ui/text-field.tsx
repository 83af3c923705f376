import { Eye, EyeOff } from 'lucide-react'
import { type ReactElement, type ReactNode, type Ref, useState } from 'react'
import {
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
} from 'react-aria-components'
import { IconButton } from './icon-button.tsx'
import './field.css'

export interface TextFieldProps extends Omit<
  AriaTextFieldProps,
  'children' | 'className' | 'style' | 'isInvalid'
> {
  readonly label: string
  /** Below the field. */
  readonly description?: ReactNode
  /** What is wrong and what to do. Said at the field. */
  readonly error?: string | null
  readonly placeholder?: string
  /** A text of several lines, so many at first. */
  readonly rows?: number
  readonly autoCapitalize?: 'none' | 'words' | 'sentences'
  readonly ref?: Ref<HTMLInputElement>
}

/** One field with its label. A password can be shown. */
export function TextField({
  label,
  description,
  error = null,
  placeholder,
  rows,
  autoCapitalize,
  ref,
  ...rest
}: TextFieldProps): ReactElement {
  const [isShown, setIsShown] = useState(false)
  const isPassword = rest.type === 'password'
  const hint = {
    ...(placeholder === undefined ? {} : { placeholder }),
    ...(autoCapitalize === undefined ? {} : { autoCapitalize }),
  }
  return (
    <AriaTextField
      {...rest}
      {...(isPassword && isShown ? { type: 'text' } : {})}
      className="ui-field"
      isInvalid={error !== null}
      validationBehavior="aria"
    >
      <Label className="ui-field-label">{label}</Label>
      {rows === undefined ? (
        <span className="ui-field-box">
          <Input {...hint} {...(ref === undefined ? {} : { ref })} className="ui-input" />
          {isPassword && (
            <IconButton
              size="sm"
              label={isShown ? 'Hide password' : 'Show password'}
              icon={isShown ? EyeOff : Eye}
              onPress={() => setIsShown(!isShown)}
            />
          )}
        </span>
      ) : (
        <TextArea {...hint} className="ui-input ui-textarea" rows={rows} />
      )}
      {error === null && description !== undefined && (
        <Text slot="description" className="ui-field-note">
          {description}
        </Text>
      )}
      <FieldError className="ui-field-error">{error}</FieldError>
    </AriaTextField>
  )
}
