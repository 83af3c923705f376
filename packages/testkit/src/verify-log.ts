import { isDeepStrictEqual } from 'node:util'
import type { Event } from '@parley/message-schema'
import type { ResumingClient } from './resuming-client.ts'
import { rest } from './test-client.ts'

export async function readLog(
  url: string,
  user: { readonly token: string },
  roomId: string,
): Promise<Event[]> {
  const log: Event[] = []
  for (;;) {
    const { data, page } = (await rest(
      url,
      'GET',
      `/v1/rooms/${roomId}/events?after=${log.at(-1)?.seq ?? 0}&limit=2000`,
      { token: user.token },
    )) as { data: Event[]; page: { hasMoreAfter: boolean } }
    log.push(...data)
    if (!page.hasMoreAfter) return log
  }
}

const withoutClientMsgId = ({ clientMsgId: _, ...event }: Event): object => event

/**
 * Everything that broke of C1-C4 and C7, in words: holes in the log, acks without their event, texts
 * that stand twice, readers that were handed something else than the log. Waits for the readers.
 */
export async function findViolations(
  url: string,
  clients: readonly ResumingClient[],
  rooms: readonly string[],
): Promise<string[]> {
  const found: string[] = []
  for (const roomId of rooms) {
    const log = await readLog(url, clients[0]!.user, roomId)
    log.forEach(({ seq }, index) => {
      if (seq !== index + 1) found.push(`C1 ${roomId}: seq ${seq} at place ${index + 1}`)
    })
    const texts = log.flatMap((event) =>
      event.type === 'message:created' ? [event.data.text ?? ''] : [],
    )
    if (new Set(texts).size !== texts.length) found.push(`C3 ${roomId}: a text stands twice`)
    for (const client of clients) {
      for (const { roomId: room, seq, text } of client.acked) {
        const event = room === roomId ? log[seq - 1] : undefined
        const isThere = event?.type === 'message:created' && event.data.text === text
        if (room === roomId && !isThere) found.push(`C2 ${roomId}: acked ${seq} is not '${text}'`)
      }
      await client.recorder.reaches(roomId, log.length, 20_000).catch((error: unknown) => {
        found.push(`C5 ${String(error)}`)
      })
      const handed = (client.recorder.events.get(roomId) ?? []).map(withoutClientMsgId)
      const same = isDeepStrictEqual(handed.slice(0, log.length), log.map(withoutClientMsgId))
      if (!same) found.push(`C4 ${roomId}: a reader was handed something else than the log`)
    }
  }
  return [...found, ...clients.flatMap(({ recorder }) => recorder.violations.map((v) => `C4 ${v}`))]
}
