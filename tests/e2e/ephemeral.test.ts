import type { Fact } from '@parley/message-schema'
import { eventually, startTestCluster, type TestCluster } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(() => cluster.stop())

test('an ephemeral message is shown to one person, on all their devices, and to nobody else', async () => {
  const [ada, bob, eve] = await Promise.all([
    cluster.register(),
    cluster.register(),
    cluster.register(),
  ])
  const roomId = await cluster.createRoom([ada, bob, eve])
  const shown: { name: string; fact: Fact<'message:ephemeral'> }[] = []
  const open = async (name: string, user: { token: string }, gateway: string): Promise<void> => {
    const socket = await cluster.connect(user, { gateway })
    socket.on('message:ephemeral', (fact) => shown.push({ name, fact }))
  }
  await open('ada', ada, 'g1')
  await open('phone', bob, 'g1')
  await open('laptop', bob, 'g2')
  await open('eve', eve, 'g2')

  const send = (text: string, userId: string) =>
    cluster.rest('POST', `/v1/rooms/${roomId}/ephemeral`, {
      user: ada,
      body: { userId, text, payload: { hint: true } },
    })
  expect(await send('Only you', bob.userId)).toEqual({})
  await eventually(() => expect(shown).toHaveLength(2))
  // What was sent after it came, and what was sent to others would have come before.
  await send('And you', eve.userId)
  await eventually(() => expect(shown).toHaveLength(3))
  expect(
    shown
      .slice(0, 2)
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(['laptop', 'phone'])
  expect(shown[0]?.fact).toEqual({
    roomId,
    from: { id: ada.userId, kind: 'user' },
    text: 'Only you',
    payload: { hint: true },
    ts: expect.stringMatching(/^\d{4}-.+Z$/u),
  })
  expect(shown[2]?.name).toBe('eve')
})
