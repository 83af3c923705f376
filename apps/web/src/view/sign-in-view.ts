import type { AuthSession } from '@parley/message-schema'
import { element } from './element.ts'

export interface SignInPorts {
  readonly login: (username: string, password: string) => Promise<AuthSession>
  readonly register: (
    username: string,
    password: string,
    displayName: string,
  ) => Promise<AuthSession>
  readonly guest: (displayName: string) => Promise<AuthSession>
  readonly done: (session: AuthSession) => void
}

type Mode = 'login' | 'register' | 'guest'

const MODES: Readonly<
  Record<Mode, { readonly tab: string; readonly button: string; readonly hint: string }>
> = {
  login: { tab: 'Sign in', button: 'Sign in', hint: 'Welcome back.' },
  register: {
    tab: 'Register',
    button: 'Create account',
    hint: 'A name and a password are all it takes.',
  },
  guest: {
    tab: 'Guest',
    button: 'Continue as guest',
    hint: 'Look around first. No password needed.',
  },
}

export class SignInView {
  readonly node: HTMLElement
  readonly #ports: SignInPorts
  readonly #username = input('username', 'Username', 'username')
  readonly #displayName = input('displayName', 'Your name', 'name')
  readonly #password = input('password', 'Password', 'current-password')
  readonly #error = element('p', { className: 'form-error', role: 'alert' })
  readonly #hint = element('p', { className: 'quiet' })
  readonly #submit = element('button', { type: 'submit', className: 'button is-primary is-wide' })
  readonly #tabs: readonly HTMLButtonElement[]
  #mode: Mode = 'login'

  constructor(ports: SignInPorts, message = '') {
    this.#ports = ports
    this.#password.field.type = 'password'
    this.#tabs = (['login', 'register', 'guest'] as const).map((mode) =>
      element(
        'button',
        { type: 'button', role: 'tab', data: { mode }, onclick: () => this.#choose(mode) },
        MODES[mode].tab,
      ),
    )
    const form = element(
      'form',
      { className: 'sign-in-card' },
      element('img', { src: '/favicon.svg', alt: '', width: 48, height: 48 }),
      element('h1', {}, 'Parley'),
      this.#hint,
      element('div', { className: 'tabs', role: 'tablist' }, ...this.#tabs),
      this.#username.node,
      this.#displayName.node,
      this.#password.node,
      this.#error,
      this.#submit,
    )
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#run()
    })
    this.node = element('main', { className: 'sign-in' }, form)
    this.#choose('login')
    this.#error.textContent = message
  }

  focus(): void {
    const first = this.#mode === 'guest' ? this.#displayName : this.#username
    first.field.focus()
  }

  #choose(mode: Mode): void {
    this.#mode = mode
    for (const tab of this.#tabs)
      tab.setAttribute('aria-selected', String(tab.dataset['mode'] === mode))
    this.#username.show(mode !== 'guest')
    this.#password.show(mode !== 'guest')
    this.#displayName.show(mode !== 'login')
    this.#displayName.field.required = false
    this.#displayName.field.placeholder =
      mode === 'guest' ? 'Your name (as you like)' : 'Your name (if not the username)'
    this.#password.field.autocomplete = mode === 'register' ? 'new-password' : 'current-password'
    this.#hint.textContent = MODES[mode].hint
    this.#submit.textContent = MODES[mode].button
    this.#error.textContent = ''
    this.focus()
  }

  async #run(): Promise<void> {
    this.#submit.disabled = true
    this.#error.textContent = ''
    try {
      this.#ports.done(await this.#ask())
    } catch (error) {
      this.#error.textContent = error instanceof Error ? error.message : String(error)
      this.focus()
    } finally {
      this.#submit.disabled = false
    }
  }

  #ask(): Promise<AuthSession> {
    const username = this.#username.field.value.trim()
    const displayName = this.#displayName.field.value.trim()
    const password = this.#password.field.value
    if (this.#mode === 'guest') return this.#ports.guest(displayName)
    if (this.#mode === 'register') return this.#ports.register(username, password, displayName)
    return this.#ports.login(username, password)
  }
}

function input(name: string, label: string, autocomplete: AutoFill) {
  const field = element('input', {
    name,
    className: 'field',
    placeholder: label,
    autocomplete,
    aria: { label },
  })
  field.autocapitalize = 'none'
  const show = (isShown: boolean): void => {
    field.hidden = !isShown
    field.disabled = !isShown
    field.required = isShown
  }
  return { node: field, field, show }
}
