import { ROUTES } from '@parley/message-schema'
import type { Response } from 'express'
import { route, type BoundRoute } from '../http/route.ts'
import { escapeHtml, htmlPage } from '../mail/html.ts'
import type { MyEmailOperations } from '../mail/my-email.ts'

function answerPage(response: Response, status: number, title: string, body: string): undefined {
  response
    .status(status)
    .set('Cache-Control', 'no-store')
    .type('html')
    .send(htmlPage(title, `<h1>${title}</h1>${body}`))
  return undefined
}

/** The same address by POST: what only looks at links changes nothing. */
const button = (path: string, token: string, label: string): string =>
  `<form method="post" action="${path}?token=${escapeHtml(encodeURIComponent(token))}">` +
  `<button>${label}</button></form>`

const GONE = '<p>This link is not good any more.</p>'

const SHORTEST_TOKEN = 20

/** Somebody reads this in a browser: a link that was cut short is explained there. */
const answerIncomplete = (response: Response): undefined =>
  answerPage(response, 400, 'Mails', '<p>This link is incomplete or too old.</p>')

const isWhole = (token: string): boolean => token.length >= SHORTEST_TOKEN && token.length <= 100

export const createEmailRoutes = (email: MyEmailOperations): BoundRoute[] => [
  route(ROUTES.getMyEmail, async ({ identity }) => ({ email: await email.get(identity.userId) })),
  route(ROUTES.putMyEmail, async ({ identity, body }) => ({
    email: await email.put(identity.userId, body.address),
  })),
  route(ROUTES.deleteMyEmail, async ({ identity }) => {
    await email.remove(identity.userId)
    return undefined
  }),
  route(ROUTES.showConfirmEmail, async ({ query: { token }, response }) => {
    if (!isWhole(token)) return answerIncomplete(response)
    const form = button(ROUTES.confirmEmail.path, token, 'Confirm')
    return answerPage(response, 200, 'Confirm your address', form)
  }),
  route(ROUTES.confirmEmail, async ({ query: { token }, response }) => {
    if (!isWhole(token)) return answerIncomplete(response)
    return (await email.confirm(token))
      ? answerPage(response, 200, 'Your address is confirmed', '')
      : answerPage(response, 404, 'Confirm your address', GONE)
  }),
  route(ROUTES.showUnsubscribe, async ({ query: { token }, response }) => {
    if (!isWhole(token)) return answerIncomplete(response)
    const form = button(ROUTES.unsubscribe.path, token, 'Unsubscribe')
    return answerPage(response, 200, 'No more mails', form)
  }),
  route(ROUTES.unsubscribe, async ({ query: { token }, response }) => {
    if (!isWhole(token)) return answerIncomplete(response)
    return (await email.unsubscribe(token))
      ? answerPage(response, 200, 'You get no more mails', '')
      : answerPage(response, 404, 'No more mails', GONE)
  }),
]
