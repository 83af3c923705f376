import { useEffect, useMemo, type ReactElement } from 'react'
import { ChatProvider } from '../hooks/chat-context.ts'
import { useCreateChat } from '../hooks/use-create-chat.ts'
import { ChatShell } from './chat-shell.tsx'
import { ElementContext, useElement, type EmitElementEvent } from './element-context.ts'
import type { ElementSettings } from './element-settings.ts'
import { createFormats } from './formats.ts'
import { StateNote } from './state-note.tsx'
import { stringsOf } from './strings.ts'
import { useSignIn } from './use-sign-in.ts'

export interface ParleyChatAppProps {
  readonly settings: ElementSettings
  readonly emit: EmitElementEvent
}

/** All that is inside of `<parley-chat>`. */
export function ParleyChatApp({ settings, emit }: ParleyChatAppProps): ReactElement {
  const { language, locale } = settings
  const tools = useMemo(() => {
    const strings = stringsOf(language)
    return { settings, strings, formats: createFormats(locale, strings), emit }
  }, [settings, language, locale, emit])
  const { dir } = settings
  return (
    <ElementContext.Provider value={tools}>
      <div className="root" part="root" lang={locale} {...(dir === null ? {} : { dir })}>
        <SignedIn />
      </div>
    </ElementContext.Provider>
  )
}

function SignedIn(): ReactElement {
  const { settings, strings, emit } = useElement()
  const { state, again } = useSignIn(settings)
  const chat = useCreateChat(state.name === 'done' ? state.options : null)
  const error = state.name === 'failed' ? state.error : null

  useEffect(() => {
    if (error !== null) emit('parley-error', { error })
  }, [error, emit])

  if (state.name === 'none') {
    return <StateNote title={strings.noSignIn} hint={strings.noSignInHint} />
  }
  if (error !== null) {
    return (
      <StateNote
        title={strings.signInFailed}
        hint={strings.errors[error.code]}
        isError
        {...(again === null ? {} : { action: strings.tryAgain, onAction: again })}
      />
    )
  }
  if (chat === null) return <StateNote title={strings.loading} isBusy />
  return (
    <ChatProvider chat={chat}>
      <ChatShell onSignInAgain={again} />
    </ChatProvider>
  )
}
