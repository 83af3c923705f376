import { io } from 'socket.io-client'
import type { OpenReader } from './reader.ts'

/** The official client with its own settings, but for WebSocket from the beginning. It joins again when it is back. */
export const openSocketIoReader: OpenReader = ({ url, person, events }) => {
  const socket = io(url, { autoConnect: false, forceNew: true, transports: ['websocket'] })
  let isLive = false
  socket.on('connect', () => {
    socket.emit('join', person.rooms, () => {
      if (isLive) return
      isLive = true
      events.live()
    })
  })
  socket.on('disconnect', () => {
    if (!isLive) return
    isLive = false
    events.lost()
  })
  socket.on('message', (text: unknown) => events.message(text))
  return {
    connect: () => void socket.connect(),
    leave: () => void socket.disconnect(),
    comeBack: () => void socket.connect(),
    close: () => void socket.disconnect(),
  }
}
