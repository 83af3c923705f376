import { element } from './element.ts'

export interface SearchListPorts<Item> {
  readonly label: string
  readonly nothing: string
  readonly search: (text: string) => Promise<readonly Item[]>
  readonly row: (item: Item) => HTMLElement
}

const TYPING_PAUSE_MS = 200

/** A field, and under it what fits to what is written there. The latest search wins. */
export function searchList<Item>({
  label,
  nothing,
  search,
  row,
}: SearchListPorts<Item>): HTMLElement {
  const list = element('ul', {
    className: 'result-list',
    aria: { live: 'polite', label: 'Results' },
  })
  let latest = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function run(text: string): Promise<void> {
    latest += 1
    const mine = latest
    const shown = await search(text).then(
      (items) => items.map((item) => element('li', {}, row(item))),
      (error: unknown) => [note(error instanceof Error ? error.message : String(error))],
    )
    if (mine === latest) list.replaceChildren(...(shown.length > 0 ? shown : [note(nothing)]))
  }

  const field = element('input', {
    type: 'search',
    className: 'field',
    placeholder: label,
    autocomplete: 'off',
    aria: { label },
    oninput: () => {
      clearTimeout(timer)
      timer = setTimeout(() => void run(field.value.trim()), TYPING_PAUSE_MS)
    },
  })
  list.append(
    ...['w-60', 'w-40', 'w-55'].map((width) => element('li', { className: `skeleton ${width}` })),
  )
  void run('')
  return element('div', { className: 'search-list' }, field, list)
}

const note = (text: string): HTMLElement => element('li', { className: 'quiet result-note' }, text)
