import { randomBytes } from 'node:crypto'
import type { Logger } from '@parley/server-kit'
import { inRounds } from '../jobs/in-rounds.ts'
import { escapeHtml, htmlPage } from './html.ts'
import type { Mail, Mailer } from './mailer.ts'
import { hashEmailToken, type EmailLinkPurpose } from './my-email.ts'

export interface AskedEmail {
  readonly userId: string
  readonly address: string
  /** This one counted. */
  readonly attempts: number
}

export interface EmailLink {
  readonly userId: string
  readonly address: string
  readonly purpose: EmailLinkPurpose
  readonly tokenHash: Buffer
  readonly expiresAt: Date
}

export interface ConfirmMailStore {
  /** Takes what was asked for, for `leaseMs`; what was not settled then is taken again. */
  readonly take: (now: Date, limit: number, leaseMs: number) => Promise<AskedEmail[]>
  readonly addLink: (link: EmailLink) => Promise<void>
  readonly dropLink: (tokenHash: Buffer) => Promise<void>
  /** `again`: when to try once more; `null` when it was sent, or never will be. */
  readonly settle: (asked: AskedEmail, again: Date | null) => Promise<void>
}

export interface ConfirmMailPorts {
  readonly store: ConfirmMailStore
  readonly mailer: Mailer
  /** Without a slash at its end. */
  readonly publicUrl: string
  /** How long the link is good. */
  readonly linkMs: number
  readonly logger: Logger
  readonly now: () => Date
}

const AT_ONCE = 20
const ROUNDS = 10
/** Longer than all of one round may take. */
const LEASE_MS = 10 * 60_000
const ATTEMPTS = 8

export const newEmailToken = (): string => randomBytes(32).toString('base64url')
export const mailRetryMs = (attempts: number): number => 60_000 * 2 ** Math.min(attempts, 10)

function confirmMail(to: string, link: string): Mail {
  const lines = [
    'Somebody, probably you, asked for mails about messages that they have not read.',
    'If that was you, confirm it here. The link is good for two days.',
  ]
  const last = 'If it was not you, do nothing: there will be no more mails.'
  return {
    to,
    subject: 'Confirm your address',
    text: [...lines, link, last].join('\n\n'),
    html: htmlPage(
      'Confirm your address',
      lines.map((line) => `<p>${line}</p>`).join('') +
        `<p><a href="${escapeHtml(link)}">Confirm the address</a></p><p>${last}</p>`,
    ),
  }
}

/** The token is made here and only its hash is kept: nobody but the reader of the mail has it. */
export function createSendConfirmMails(ports: ConfirmMailPorts) {
  const { store, mailer, publicUrl, linkMs, logger, now } = ports

  async function send(asked: AskedEmail): Promise<void> {
    const { userId, address } = asked
    const token = newEmailToken()
    const tokenHash = hashEmailToken(token)
    const expiresAt = new Date(now().getTime() + linkMs)
    await store.addLink({ userId, address, purpose: 'confirm', tokenHash, expiresAt })
    try {
      await mailer.send(confirmMail(address, `${publicUrl}/v1/email/confirm?token=${token}`))
    } catch (error) {
      logger.warn({ err: error }, 'a mail was not taken')
      await store.dropLink(tokenHash)
      const at = new Date(now().getTime() + mailRetryMs(asked.attempts))
      await store.settle(asked, asked.attempts < ATTEMPTS ? at : null)
      return
    }
    await store.settle(asked, null)
  }

  async function sendRound(): Promise<number> {
    const asked = await store.take(now(), AT_ONCE, LEASE_MS)
    for (const one of asked) await send(one)
    return asked.length
  }

  return (signal?: AbortSignal): Promise<void> =>
    inRounds({ rounds: ROUNDS, atOnce: AT_ONCE }, signal, sendRound)
}
