import { ask, backOffMs, createView, find, pause } from '../chat-view.js'

const POLL_MS = 2_000
const TIMEOUT_MS = 15_000

const view = createView(find('#lines', HTMLElement))
const note = find('#note', HTMLElement)
const form = find('#pay', HTMLFormElement)

async function showWhatWasHeard() {
  let after = 0
  for (let failures = 0; ;) {
    try {
      const answer = await ask(`heard.php?after=${after}`, TIMEOUT_MS)
      view.show(answer.lines)
      after = answer.after
      failures = 0
      await pause(POLL_MS)
    } catch (error) {
      failures += 1
      await pause(backOffMs(failures, error))
    }
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const { value: order } = find('[name=order]', HTMLInputElement)
  const { value: words } = find('[name=note]', HTMLInputElement)
  const body = { order: Number(order), note: words }
  ask('pay.php', TIMEOUT_MS, body).then(
    ({ seq, dup }) => (note.textContent = dup ? `It was said before: ${seq}.` : `Said: ${seq}.`),
    (/** @type {Error} */ error) => (note.textContent = error.message),
  )
})

void showWhatWasHeard()
