import { ask, find, until } from './page.js'

const NAME = 'shop.name'
const form = find('#begin', HTMLFormElement)
const note = find('#note', HTMLElement)
const anew = find('#anew', HTMLButtonElement)

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const name = find('#begin input', HTMLInputElement).value.trim()
  localStorage.setItem(NAME, name)
  void begin(name)
})

// Who has talked to us before need not say who they are.
const known = localStorage.getItem(NAME)
if (known !== null) void begin(known)

/** @param {string} name */
async function begin(name) {
  form.hidden = true
  note.textContent = 'One moment…'
  const settings = await ask('GET', '/settings').catch(() => null)
  if (settings === null) return void (note.textContent = 'The shop is closed for a moment.')
  const template = find('template', HTMLTemplateElement)
  const element = template.content.querySelector('parley-chat')?.cloneNode(true)
  if (!(element instanceof HTMLElement)) return
  element.setAttribute('url', settings.parleyUrl)
  element.setAttribute('guest-name', name)
  element.addEventListener('parley-ready', ({ detail }) => void talk(element, detail.chat, name))
  element.addEventListener(
    'parley-error',
    ({ detail }) => (note.textContent = detail.error.message),
  )
  find('.chat', HTMLElement).append(element)
}

/**
 * The visitor's conversation: one that is open, else a new one.
 * @param {HTMLElement} element
 * @param {import('@parley/client').Chat} chat
 * @param {string} name
 */
async function talk(element, chat, name) {
  anew.hidden = true
  try {
    const { rooms } = await until(chat.rooms.list, ({ status }) => status !== 'loading')
    const open = rooms.find(({ info }) => !info.archived)
    const room =
      open === undefined ? await openConversation(chat, name) : chat.rooms.get(open.info.id)
    element.setAttribute('room', room.id)
    element.hidden = false
    note.textContent = ''
    await until(room.info, (info) => info === null || info.archived)
    note.textContent = 'This conversation was closed.'
    anew.textContent = 'Ask something else'
  } catch (error) {
    note.textContent = error instanceof Error ? error.message : String(error)
    anew.textContent = 'Try again'
  }
  anew.hidden = false
  anew.addEventListener('click', () => void talk(element, chat, name), { once: true })
}

/**
 * The desk makes the room; its code lets this visitor in and nobody else.
 * @param {import('@parley/client').Chat} chat
 * @param {string} name
 */
async function openConversation(chat, name) {
  const { code } = await ask('POST', '/conversations', { name, subject: document.title })
  return await chat.rooms.joinByCode(code)
}
