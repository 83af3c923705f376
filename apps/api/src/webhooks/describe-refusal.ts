import type { OutgoingError } from '../outgoing/outgoing-error.ts'

const HINT = 'WEBHOOK_ALLOWED_HOSTS names hosts that may be called all the same.'

/** Whoever keeps webhooks is told which setting would allow the address. */
export const describeRefusal = ({ couldBeAllowed, message }: OutgoingError): string =>
  couldBeAllowed ? `${message} ${HINT}` : message
