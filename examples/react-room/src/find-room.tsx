import { useChat, useConnection } from '@parley/react'
import { useEffect, useState } from 'react'
import { Room } from './room.tsx'

const NAME = 'react-room'

/** The room of `?room=<id>`; without it the public one of this example, made by whoever comes first. */
export function FindRoom() {
  const { rooms, call } = useChat()
  const { status, error: ending } = useConnection()
  const [roomId, setRoomId] = useState<string | null>(null)
  const [error, setError] = useState<Error | null>(null)

  useEffect(() => {
    const find = async () => {
      const wanted = new URLSearchParams(location.search).get('room')
      const found = wanted ?? (await rooms.browse({ q: NAME, limit: 1 })).rooms[0]?.id
      if (found !== undefined) return await rooms.join(found)
      // As `rooms.create`, with a key: strict mode runs this twice, and it is one room all the same.
      const body = { name: NAME, visibility: 'public' } as const
      return (await call('POST /v1/rooms', { body, idempotencyKey: NAME })).room
    }
    let isWanted = true
    find().then(
      ({ id }) => isWanted && setRoomId(id),
      (reason: Error) => isWanted && setError(reason),
    )
    return () => void (isWanted = false)
  }, [rooms, call])

  const problem = ending ?? error
  if (problem !== null) return <p className="note">{problem.message}</p>
  if (roomId === null) return <p className="note">Looking for the room…</p>
  return <Room roomId={roomId} isLive={status === 'live'} />
}
