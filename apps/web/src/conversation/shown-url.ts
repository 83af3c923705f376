/** An address of the web, or `null`: nothing that could run in a page. */
export function shownUrl(text: string | undefined, only?: 'https:'): string | null {
  if (text === undefined || !URL.canParse(text)) return null
  const { protocol, href } = new URL(text)
  const isFine = only === undefined ? /^https?:$/u.test(protocol) : protocol === only
  return isFine ? href : null
}

export const shownHost = (href: string): string => new URL(href).hostname.replace(/^www\./u, '')
