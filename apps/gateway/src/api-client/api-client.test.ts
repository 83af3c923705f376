import { randomUUID } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { ATTEMPT_HEADER, parseAttempt, type GatewayCommand } from '@parley/message-schema'
import { listen } from '@parley/server-kit'
import { expect, test } from 'vitest'
import { createApiClient } from './api-client.ts'

const command: GatewayCommand = {
  kind: 'message:send',
  actor: { id: 'ada', kind: 'user' },
  roomId: randomUUID(),
  clientMsgId: randomUUID(),
  text: 'a',
}

test('each request has a number of its process, higher than all before it', async () => {
  const headers: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    headers.push(request.headers)
    // What was not answered is counted too.
    if (headers.length === 2) request.destroy()
    else response.end('{"results":[],"news":[]}')
  })
  const port = await listen(server, 0, '127.0.0.1')
  const clients = [1, 2].map(() => createApiClient(`http://127.0.0.1:${port}`, 'token'))
  try {
    const [one, other] = clients
    const marks = { isGathered: false, isRetry: false }
    await one?.sendCommands(3, [command], marks)
    await expect(one?.sendCommands(3, [command], marks)).rejects.toThrow('failed')
    await one?.sendCommands(3, [command], { ...marks, isRetry: true })
    await other?.sendCommands(3, [command], marks)
  } finally {
    await Promise.all(clients.map((client) => client.close()))
    server.close()
  }
  const attempts = headers.map((one) => parseAttempt(String(one[ATTEMPT_HEADER])))
  const [first, , , elsewhere] = attempts
  expect(attempts.map((one) => [one?.number, one?.isRetry])).toEqual([
    [1, false],
    [2, false],
    [3, true],
    [1, false],
  ])
  expect(new Set(attempts.slice(0, 3).map((one) => one?.gatewayId))).toEqual(
    new Set([first?.gatewayId]),
  )
  expect(elsewhere?.gatewayId).not.toBe(first?.gatewayId)
})
