import type { TestCluster } from '@parley/testkit'

/** For `env.api` of a cluster whose rooms are filled. */
export const ROOT_API_KEY = 'root-api-key-of-a-test-0123456789abcdef'

const AT_ONCE = 20_000

const textOf = (n: number): string => {
  if (n % 50 === 0) return `Message ${n}. ${'Some have a lot to say about it. '.repeat(12)}`
  if (n % 7 === 0) return `Message ${n}.\nOn two lines.`
  return `Message ${n}.`
}

/** Brings so many messages of two people into a room, one a minute up to a day ago. */
export async function fillRoom(
  cluster: TestCluster,
  roomId: string,
  senders: readonly [string, string],
  count: number,
): Promise<void> {
  const end = Date.now() - 86_400_000
  for (let from = 1; from <= count; from += AT_ONCE) {
    const lines: string[] = []
    for (let n = from; n <= Math.min(count, from + AT_ONCE - 1); n += 1) {
      const senderId = senders[Math.floor(n / 4) % 2]
      const ts = new Date(end - (count - n) * 60_000).toISOString()
      lines.push(JSON.stringify({ id: n, senderId, text: textOf(n), ts }))
    }
    const answer = await fetch(new URL(`/v1/rooms/${roomId}/import`, cluster.url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${ROOT_API_KEY}`,
        'content-type': 'application/x-ndjson',
      },
      body: lines.join('\n'),
    })
    const last = (await answer.text()).trim().split('\n').at(-1) ?? '{}'
    const report = JSON.parse(last) as { isComplete?: boolean; failed?: number }
    if (report.isComplete !== true || report.failed !== 0) {
      throw new Error(`The room was not filled: ${last}`)
    }
  }
}
