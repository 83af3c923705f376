const chat = document.querySelector('parley-chat')
const parameters = new URLSearchParams(location.search)

// ?url=…&room=… in the address of the page, for other servers and rooms.
for (const name of ['url', 'room']) {
  if (parameters.has(name)) chat.setAttribute(name, parameters.get(name))
}

// From here on the whole client is there: a visitor without a room goes to the first public one.
async function goToFirstRoom({ rooms }) {
  const page = await rooms.browse({ limit: 1 })
  if (page.rooms.length > 0) chat.setAttribute('room', page.rooms[0].id)
}

chat.addEventListener('parley-ready', ({ detail }) => {
  if (!chat.hasAttribute('room')) void goToFirstRoom(detail.chat)
})

chat.addEventListener('parley-unread', ({ detail: { count } }) => {
  document.querySelector('#unread').value = count === 0 ? '' : `${count} unread`
})

chat.addEventListener('parley-error', ({ detail: { error } }) => {
  document.querySelector('#unread').value = error.code
})

const toggle = (id, element, attribute, first, second) =>
  document.querySelector(id).addEventListener('click', () => {
    const next = element.getAttribute(attribute) === first ? second : first
    element.setAttribute(attribute, next)
  })

toggle('#theme', chat, 'theme', 'dark', 'light')
toggle('#language', chat, 'lang', 'zh', 'en')
toggle('#direction', document.documentElement, 'dir', 'rtl', 'ltr')
