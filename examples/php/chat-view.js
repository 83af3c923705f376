/**
 * @typedef {{ seq: number, kind: 'said' | 'edited' | 'deleted', name?: string, text: string }} Line
 * @typedef {{ code: string, message: string, retryable: boolean, retryAfterMs?: number | null }} Problem
 */

/**
 * The element with this selector, of the kind that it has to be.
 * @template {Element} Kind
 * @param {string} selector
 * @param {{ new (): Kind }} kind
 * @returns {Kind}
 */
export function find(selector, kind) {
  const element = document.querySelector(selector)
  if (element instanceof kind) return element
  throw new Error(`The page has no ${selector}.`)
}

/** What the site refused, or that it could not be reached. */
export class Refused extends Error {
  /** @param {Problem} problem */
  constructor({ code, message, retryable, retryAfterMs }) {
    super(message)
    this.code = code
    this.retryable = retryable
    this.retryAfterMs = retryAfterMs ?? 0
  }
}

/**
 * Asks the site, with a time-out: a connection that hangs is one that failed.
 * @param {string} path
 * @param {number} timeoutMs
 * @param {object} [body] to send
 */
export async function ask(path, timeoutMs, body) {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' } }
  const response = await fetch(path, {
    ...(body && { ...post, body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeoutMs),
  }).catch(() => null)
  const answer = await response?.json().catch(() => null)
  if (response?.ok === true && answer) return answer
  const lost = { code: 'UNKNOWN_OUTCOME', message: 'The site does not answer.', retryable: true }
  throw new Refused(answer?.code === undefined ? lost : answer)
}

/** @param {number} ms */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * How long to wait after so many failures: 1 s, 2 s, 4 s … 30 s, with chance in it, so that the pages that
 * failed together do not come back together.
 * @param {number} failures
 * @param {unknown} error
 */
export function backOffMs(failures, error) {
  const wanted = error instanceof Refused ? error.retryAfterMs : 0
  return Math.max(wanted, Math.min(30_000, 500 * 2 ** failures) * (0.5 + Math.random() / 2))
}

/**
 * Shows lines in the order of their `seq`, each once. What somebody wrote becomes text, never HTML.
 * @param {HTMLElement} list
 */
export function createView(list) {
  /** @type {Map<number, HTMLLIElement>} */
  const rows = new Map()
  const MOST = 500

  /** @param {HTMLLIElement} row @param {Line} line */
  function fill(row, { kind, text }) {
    const words = row.querySelector('span')
    if (words === null) return
    words.textContent = kind === 'deleted' ? 'deleted' : text
    words.classList.toggle('gone', kind === 'deleted')
  }

  /** @param {Line} line */
  function add(line) {
    const row = document.createElement('li')
    row.dataset['seq'] = String(line.seq)
    row.appendChild(document.createElement('b')).textContent = `${line.name ?? ''}: `
    row.appendChild(document.createElement('span'))
    fill(row, line)
    rows.set(line.seq, row)
    list.appendChild(row)
    const [oldest] = rows
    if (rows.size <= MOST || oldest === undefined) return
    rows.delete(oldest[0])
    oldest[1].remove()
  }

  return {
    /** @param {readonly Line[]} lines */
    show(lines) {
      // Whoever reads further up stays there.
      const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40
      for (const line of lines) {
        const row = rows.get(line.seq)
        if (row !== undefined) fill(row, line)
        else if (line.name !== undefined) add(line)
      }
      if (isAtEnd) list.scrollTop = list.scrollHeight
    },
    clear() {
      rows.clear()
      list.replaceChildren()
    },
  }
}

/**
 * Sends what is written in the form. What failed is tried again with the same key, so that it is sent once.
 * @param {HTMLFormElement} form
 * @param {(body: { text: string, key: string }) => Promise<unknown>} send
 * @param {(note: string) => void} tell
 */
export function sendFrom(form, send, tell) {
  const field = find('[name=text]', HTMLInputElement)
  const button = find('#say button', HTMLButtonElement)

  /** @param {string} text */
  async function sendUntilKnown(text) {
    const key = crypto.getRandomValues(new Uint32Array(4)).join('-')
    for (let failures = 1; ; failures += 1) {
      try {
        return await send({ text, key })
      } catch (error) {
        if (!(error instanceof Refused) || !error.retryable) throw error
        tell(`${error.message} Trying again.`)
        await pause(backOffMs(failures, error))
      }
    }
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const text = field.value
    if (text.trim() === '') return
    button.disabled = true
    sendUntilKnown(text)
      .then(
        () => {
          field.value = ''
          tell('')
        },
        (/** @type {Error} */ error) => tell(error.message),
      )
      .finally(() => (button.disabled = false))
  })
}
