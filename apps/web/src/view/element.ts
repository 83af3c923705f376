type Child = Node | string | null | false
type Props<Tag extends keyof HTMLElementTagNameMap> = Partial<
  Omit<HTMLElementTagNameMap[Tag], 'style' | 'children' | 'dataset'>
> & {
  readonly aria?: Readonly<Record<string, string>>
  readonly data?: Readonly<Record<string, string>>
}

/** Makes an element. Texts become text nodes: nothing that people wrote is ever read as HTML. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { aria = {}, data = {}, ...props }: Props<Tag> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag)
  Object.assign(node, props)
  for (const [name, value] of Object.entries(aria)) node.setAttribute(`aria-${name}`, value)
  for (const [name, value] of Object.entries(data)) node.dataset[name] = value
  node.append(...children.filter((child) => child !== null && child !== false))
  return node
}

const SVG = 'http://www.w3.org/2000/svg'

const ICONS = {
  back: 'M15 5l-7 7 7 7',
  plus: 'M12 5v14M5 12h14',
  send: 'M5 12h13M12 5l7 7-7 7',
  edit: 'M4 20h4L19 9l-4-4L4 16v4z',
  trash: 'M5 7h14M10 7V5h4v2M7 7l1 13h8l1-13',
  down: 'M12 5v14M5 12l7 7 7-7',
  close: 'M6 6l12 12M18 6L6 18',
  leave: 'M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9',
  search: 'M11 4a7 7 0 1 1 0 14a7 7 0 0 1 0-14zM16.2 16.2L21 21',
} as const

export type IconName = keyof typeof ICONS

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  svg.classList.add('icon')
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('d', ICONS[name])
  svg.append(path)
  return svg
}

export function iconButton(name: IconName, label: string, onclick: () => void): HTMLButtonElement {
  return element(
    'button',
    { type: 'button', className: 'icon-button', title: label, aria: { label }, onclick },
    icon(name),
  )
}
