import { escapeHtml, htmlPage } from './html.ts'
import type { Mail } from './mailer.ts'

export interface DigestRoom {
  /** `null` without previews. */
  readonly name: string | null
  readonly isDirect: boolean
  readonly count: number
  /** The last few, oldest first; none without previews. */
  readonly lines: readonly { readonly from: string; readonly text: string }[]
}

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

function titleOf({ name, isDirect, count }: DigestRoom): string {
  const what = plural(count, isDirect ? 'message' : 'mention')
  if (name !== null) return `${name}: ${what}`
  return isDirect ? `A conversation: ${what}` : `A room: ${what}`
}

/** What was not read, and how to hear of it no more (RFC 8058). */
export function digestMail(
  to: string,
  rooms: readonly DigestRoom[],
  links: { readonly open: string; readonly unsubscribe: string },
): Mail {
  const total = rooms.reduce((sum, { count }) => sum + count, 0)
  const subject = plural(total, 'unread message')
  const text = rooms.flatMap((room) => [
    titleOf(room),
    ...room.lines.map((line) => `  ${line.from}: ${line.text}`),
    '',
  ])
  const html = rooms.map((room) => {
    const lines = room.lines.map(
      (line) => `<li><b>${escapeHtml(line.from)}</b>: ${escapeHtml(line.text)}</li>`,
    )
    const list = lines.length === 0 ? '' : `<ul>${lines.join('')}</ul>`
    return `<h2>${escapeHtml(titleOf(room))}</h2>${list}`
  })
  return {
    to,
    subject,
    text: [...text, `Read them: ${links.open}`, `No more mails: ${links.unsubscribe}`].join('\n'),
    html: htmlPage(
      subject,
      `<h1>${subject}</h1>${html.join('')}<p><a href="${escapeHtml(links.open)}">Read them</a></p>` +
        `<p><a href="${escapeHtml(links.unsubscribe)}">No more mails</a></p>`,
    ),
    headers: {
      'List-Unsubscribe': `<${links.unsubscribe}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  }
}
