import { expect, test } from 'vitest'
import { ERROR_CODES, ERRORS, isRetryable, ParleyError } from './errors.ts'
import { MessageSend } from './message.ts'
import { ROUTES } from './http/routes.ts'
import {
  ErrorBody,
  invalid,
  invalidFrom,
  ProblemDocument,
  toErrorBody,
  toProblemDocument,
} from './reply.ts'

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

test.each([
  [ROUTES.createRoom.body, {}, { name: 'is required', visibility: 'is required' }],
  [
    ROUTES.createRoom.body,
    { name: 'x', visibility: 'secret', memberIds: [1], isAdmin: true, owner: 'x' },
    {
      visibility: 'must be one of public, private',
      'memberIds.0': 'must be a text',
      isAdmin: 'is not known here',
      owner: 'is not known here',
    },
  ],
  [
    ROUTES.listRooms.query,
    { limit: '500', unread: 'yes' },
    {
      unread: 'must be one of true, false, 1, 0',
      limit: 'must be a whole number from 1 to 200',
    },
  ],
  [ROUTES.listRooms.query, { limit: 'x' }, { limit: 'must be a whole number from 1 to 200' }],
  [ROUTES.createDm.body, { userIds: [] }, { userIds: 'must have at least 1 item' }],
  [ROUTES.putBan.body, { until: 'x' }, { until: 'must be a time such as 2026-01-02T03:04:05Z' }],
  [ROUTES.createRoom.body, [], { '': 'must be an object' }],
])('says in a sentence what does not fit: %#', (schema, value, problems) => {
  const error = invalidFrom(schema.safeParse(value).error!)
  const details = Object.entries(problems).map(([path, problem]) => ({ path, problem }))
  expect(error.details).toEqual(details)
  const [first] = details
  expect(error.message).toBe(first?.path ? `${first.path}: ${first.problem}` : first?.problem)
})

test('what is found later is told in the same form', () => {
  const error = invalid('until', 'must be in the future')
  expect([error.code, error.message]).toEqual(['INVALID', 'until: must be in the future'])
  expect(error.details).toEqual([{ path: 'until', problem: 'must be in the future' }])
})

test('a time may be said in any zone, and a yes or no in two ways', () => {
  expect(ROUTES.putBan.body.parse({ until: '2026-01-02T03:04:05+02:00' })).toEqual({
    until: '2026-01-02T01:04:05.000Z',
  })
  const query = ROUTES.listRooms.query
  expect(query.parse({ unread: 'true', archived: '1' })).toMatchObject({
    unread: true,
    archived: true,
  })
})
