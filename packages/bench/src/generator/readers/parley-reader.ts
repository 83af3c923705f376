import { createChat } from '@parley/client'
import { outsideOfWires } from '../wires.ts'
import type { OpenReader } from './reader.ts'

/** The official client, as a program uses it. */
export const openParleyReader: OpenReader = ({ url, person, events }) => {
  const chat = createChat({
    url,
    token: person.token,
    userId: person.userId,
    tabs: 'own',
    transports: ['websocket', 'polling'],
    autoConnect: false,
    // Its connections are shared by all clients of this process: they are nobody's to be cut.
    fetch: (...request) => outsideOfWires(() => fetch(...request)),
  })
  const { connection, rooms } = chat
  let isLive = false
  const look = (): void => {
    const isNow =
      connection.state.current.status === 'live' && rooms.list.current.status === 'ready'
    if (isNow === isLive) return
    isLive = isNow
    if (isNow) events.live()
    else events.lost()
  }
  const ends = [
    connection.state.subscribe(look),
    rooms.list.subscribe(look),
    ...person.rooms.map((roomId) =>
      rooms.get(roomId).onEvent((event) => {
        if (event.type === 'message:created') events.message(textOf(event.data))
      }),
    ),
  ]
  return {
    connect: () => connection.connect(),
    leave: () => connection.disconnect(),
    comeBack: () => connection.connect(),
    async close() {
      for (const end of ends) end()
      await chat.close(0)
    },
  }
}

const textOf = (data: object): unknown => ('text' in data ? data.text : undefined)
