import { type AuthSession, ParleyError } from '@parley/message-schema'
import { ChatSession } from './chat/chat-session.ts'
import { createAccessToken, createExclusive } from './identity/access-token.ts'
import { savedSession, type SavedSession } from './identity/saved-session.ts'
import { authApi } from './rest/auth-api.ts'
import { ChatView } from './view/chat-view.ts'
import { element } from './view/element.ts'
import { SignInView } from './view/sign-in-view.ts'

const app = document.querySelector('#app') ?? document.body
let leave: () => void = () => {}
let shownUserId: string | undefined

const accessToken = createAccessToken({
  read: () => savedSession.read(),
  write: (session) => savedSession.write(session),
  refresh: async (refreshToken) => {
    try {
      return await authApi.refresh(refreshToken)
    } catch (error) {
      if (error instanceof ParleyError && error.code.startsWith('AUTH_')) signedOut(error.message)
      throw error
    }
  },
  exclusively: createExclusive('parley.refresh'),
  now: () => Date.now(),
})

function showSignIn(message = ''): void {
  const view = new SignInView({ ...authApi, done: signedIn }, message)
  app.replaceChildren(view.node)
  view.focus()
}

function signedIn({ user, accessToken: token, refreshToken, expiresAt }: AuthSession): void {
  savedSession.write({ user, accessToken: token, refreshToken, expiresAt })
  void showChat({ user, accessToken: token, refreshToken, expiresAt })
}

/** The session is over, here or by another device. */
function signedOut(message = ''): void {
  leave()
  shownUserId = undefined
  savedSession.forget()
  document.title = 'Parley'
  showSignIn(message)
}

async function showChat({ user }: SavedSession): Promise<void> {
  shownUserId = user.id
  let isDrawing = false
  const changed = (): void => {
    // Many changes of one moment are one drawing; timers also run while the page is hidden.
    if (isDrawing) return
    isDrawing = true
    setTimeout(() => {
      isDrawing = false
      if (view.node.isConnected) view.update()
    }, 0)
  }
  const session = new ChatSession({ url: location.origin, me: user, accessToken, changed })
  const view = new ChatView(session, () => {
    void accessToken
      .current()
      .then(authApi.logout)
      .catch(() => null)
    signedOut()
  })
  leave = () => {
    session.close()
    view.close()
    leave = () => {}
  }
  app.replaceChildren(view.node)
  view.update()
  await session.start().then(
    () => view.loaded(),
    (error: unknown) => view.report(error),
  )
}

// Another tab signed out, or somebody else in.
addEventListener('storage', () => {
  if (savedSession.read()?.user.id !== shownUserId) location.reload()
})

const saved = savedSession.read()
app.append(element('p', { className: 'visually-hidden' }, 'Loading'))
if (saved === null) showSignIn()
else void showChat(saved)
