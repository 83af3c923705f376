import { ask, type Ask } from './ask.ts'
import { textOf, type RoomFill } from './filled-messages.ts'

interface Page<Item> {
  readonly data: readonly Item[]
}

interface ReadMessage {
  readonly seq: number
  readonly msgNo: number
  readonly text: string
  readonly sender: { readonly id: string }
}

const SHARES = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1]

/** What was written past the API has to be read through it as it was meant, wherever in the log. */
export async function checkFill(how: Ask, fill: RoomFill): Promise<void> {
  const { roomId, senderIds, count, firstSeq, firstMsgNo } = fill
  const limit = Math.min(50, count)
  for (const share of SHARES) {
    const from = Math.floor(share * (count - limit))
    const text = await ask(
      how,
      `/v1/rooms/${roomId}/messages?after=${firstSeq + from - 1}&limit=${limit}`,
    )
    const { data } = JSON.parse(text) as Page<ReadMessage>
    const isAsMeant =
      data.length === limit &&
      data.every(({ seq, msgNo, text: said, sender }, index) => {
        const k = from + index
        return (
          seq === firstSeq + k &&
          msgNo === firstMsgNo + k &&
          said === textOf(k, count) &&
          sender.id === senderIds[k % senderIds.length]
        )
      })
    if (!isAsMeant) {
      throw new Error(`What was filled in from ${firstSeq + from} on is not what the API answers.`)
    }
  }
}
