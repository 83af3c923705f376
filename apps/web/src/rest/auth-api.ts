import type { AuthSession } from '@parley/message-schema'
import { sendRequest } from './send-request.ts'

const post = (path: string, body: unknown): Promise<AuthSession> =>
  sendRequest<AuthSession>({ method: 'POST', path, body })

export const authApi = {
  register: (username: string, password: string, displayName?: string) =>
    post('/v1/auth/register', { username, password, ...(displayName && { displayName }) }),
  login: (username: string, password: string) => post('/v1/auth/login', { username, password }),
  guest: (displayName?: string) => post('/v1/auth/guest', displayName ? { displayName } : {}),
  refresh: (refreshToken: string) => post('/v1/auth/refresh', { refreshToken }),
  logout: (token: string) => sendRequest<null>({ method: 'POST', path: '/v1/auth/logout', token }),
}
