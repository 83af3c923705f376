import { expect, test } from 'vitest'
import { ERROR_CODES, ERRORS, isRetryable, ParleyError } from './errors.ts'
import { MessageSend } from './message.ts'
import { ErrorBody, invalidFrom, ProblemDocument, toErrorBody, toProblemDocument } from './reply.ts'

test.each(ERROR_CODES)('%s is one thing over the socket and over REST', (code) => {
  const error = new ParleyError(code)
  const body = toErrorBody(error, 'request-1')
  const problem = toProblemDocument(error, 'request-1')

  expect(ErrorBody.parse(body)).toEqual(body)
  expect(ProblemDocument.parse(problem)).toEqual(problem)
  expect(problem).toEqual({
    type: `urn:parley:error:${code}`,
    title: ERRORS[code].message,
    status: ERRORS[code].status,
    code,
    message: ERRORS[code].message,
    retryable: isRetryable(code),
    requestId: 'request-1',
  })
  expect(problem.status).toBeGreaterThanOrEqual(400)
  expect(problem.status).toBeLessThan(600)
})

test('the table is closed: it holds the codes of the contract and no others', () => {
  const promised =
    'AUTH_REQUIRED AUTH_INVALID AUTH_EXPIRED AUTH_REVOKED FORBIDDEN BANNED MUTED BLOCKED NOT_MEMBER ' +
    'ROOM_FROZEN ROOM_ARCHIVED NOT_FOUND CONFLICT IDEMPOTENCY_MISMATCH CURSOR_AHEAD GONE TOO_LARGE ' +
    'INVALID REJECTED UNSUPPORTED_VERSION SLOW_MODE RATE_LIMITED INTERNAL SERVER_BUSY DRAINING ' +
    'UNKNOWN_OUTCOME'
  expect(ERROR_CODES.toSorted()).toEqual(promised.split(' ').toSorted())
})

test('a refusal for good is never called retryable, and one of the moment always is', () => {
  expect(ERROR_CODES.filter(isRetryable).toSorted()).toEqual([
    'AUTH_EXPIRED',
    'AUTH_REQUIRED',
    'DRAINING',
    'INTERNAL',
    'RATE_LIMITED',
    'SERVER_BUSY',
    'SLOW_MODE',
    'UNKNOWN_OUTCOME',
  ])
})

test('what was thrown stays in our logs: nothing of it reaches the client', () => {
  const error = ParleyError.from(new Error('SELECT password_hash FROM user'))
  expect(error.code).toBe('INTERNAL')
  expect(JSON.stringify(toProblemDocument(error, 'r'))).not.toContain('password_hash')
  expect(ParleyError.from(error)).toBe(error)
})

test('the wait is whole milliseconds and is not there when there is none', () => {
  const busy = new ParleyError('SERVER_BUSY', { retryAfterMs: 12.2 })
  expect(toErrorBody(busy, 'r').retryAfterMs).toBe(13)
  expect(toErrorBody(new ParleyError('SERVER_BUSY'), 'r')).not.toHaveProperty('retryAfterMs')
})

test('what does not fit is told by path and reason, never by value', () => {
  const secret = 'hunter2 '.repeat(10)
  const wrong = {
    roomId: secret,
    clientMsgId: secret,
    text: 7,
    mentions: [secret],
    [secret.trim()]: 1,
  }
  const error = invalidFrom(MessageSend.safeParse(wrong).error!)
  const body = toErrorBody(error, 'r')

  expect(body.code).toBe('INVALID')
  expect(JSON.stringify(body.details)).toContain('"path":"roomId"')
  expect(JSON.stringify(body.details)).toContain('"path":"mentions.0"')
})

test('a thousand things that do not fit make a short answer', () => {
  const error = invalidFrom(
    MessageSend.safeParse({ mentions: Array.from({ length: 1_000 }, () => 1) }).error!,
  )
  expect((error.details as unknown[]).length).toBeLessThanOrEqual(20)
})
