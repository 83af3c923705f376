/** Its events and properties. @typedef {import('@parley/react/element').ParleyChatElement} ChatElement */

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

/**
 * Waits until a store of the chat holds what is wanted.
 * @template Value
 * @param {import('@parley/client').Store<Value>} store
 * @param {(value: Value) => boolean} isWanted
 * @returns {Promise<Value>}
 */
export const until = (store, isWanted) =>
  new Promise((resolve) => {
    /** @type {() => void} */
    let end = () => undefined
    const look = () => {
      if (!isWanted(store.current)) return
      end()
      resolve(store.current)
    }
    end = store.subscribe(look)
    look()
  })

/**
 * Asks the desk. What it refuses is an error with its words.
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 */
export async function ask(method, path, body) {
  const response = await fetch(path, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const answer = response.status === 204 ? {} : await response.json()
  if (!response.ok) throw Object.assign(new Error(answer.message), { status: response.status })
  return answer
}
