import { useChat, useConnection } from '@parley/react'
import { useEffect, useState } from 'react'
import { Room } from './room.tsx'

const NAME = 'react-room'

/** The room of `?room=<id>`; without it the public one of this example, made by whoever comes first. */
export function FindRoom() {
  const { rooms } = useChat()
  const { status, error: ending } = useConnection()
  const [roomId, setRoomId] = useState<string | null>(null)
  const [error, setError] = useState<Error | null>(null)

  useEffect(() => {
    const find = async () => {
      const wanted = new URLSearchParams(location.search).get('room')
      const found = wanted ?? (await rooms.browse({ q: NAME, limit: 1 })).rooms[0]?.id
      if (found !== undefined) return await rooms.join(found)
      return await rooms.create({ name: NAME, visibility: 'public' })
    }
    let isWanted = true
    find().then(
      ({ id }) => isWanted && setRoomId(id),
      (reason: Error) => isWanted && setError(reason),
    )
    return () => void (isWanted = false)
  }, [rooms])

  const problem = ending ?? error
  if (problem !== null) return <p className="note">{problem.message}</p>
  if (roomId === null) return <p className="note">Looking for the room…</p>
  return <Room roomId={roomId} isLive={status === 'live'} />
}
