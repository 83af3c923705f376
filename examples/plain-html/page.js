// The types of the element, for editors and `tsc`.
/** @typedef {import('@parley/react/element').ParleyChatElement} ParleyChatElement */

const chat = /** @type {ParleyChatElement} */ (document.querySelector('parley-chat'))
const unread = /** @type {HTMLOutputElement} */ (document.querySelector('#unread'))
const parameters = new URLSearchParams(location.search)

// ?url=…&room=… in the address of the page, for other servers and rooms.
for (const name of ['url', 'room']) {
  const value = parameters.get(name)
  if (value !== null) chat.setAttribute(name, value)
}

// From here on the whole client is there: a visitor without a room goes to the first public one.
/** @param {import('@parley/client').Chat} chat */
async function goToFirstRoom({ rooms }) {
  const [first] = (await rooms.browse({ limit: 1 })).rooms
  if (first !== undefined) chat.setAttribute('room', first.id)
}

chat.addEventListener('parley-ready', ({ detail }) => {
  if (!chat.hasAttribute('room')) void goToFirstRoom(detail.chat)
})

chat.addEventListener('parley-unread', ({ detail: { count } }) => {
  unread.value = count === 0 ? '' : `${count} unread`
})

chat.addEventListener('parley-error', ({ detail: { error } }) => {
  unread.value = error.code
})

/**
 * @param {string} id of a button
 * @param {Element} element
 * @param {string} attribute
 * @param {string} first
 * @param {string} second
 */
const toggle = (id, element, attribute, first, second) =>
  document.querySelector(id)?.addEventListener('click', () => {
    const next = element.getAttribute(attribute) === first ? second : first
    element.setAttribute(attribute, next)
  })

toggle('#theme', chat, 'theme', 'dark', 'light')
toggle('#language', chat, 'lang', 'zh', 'en')
toggle('#direction', document.documentElement, 'dir', 'rtl', 'ltr')
