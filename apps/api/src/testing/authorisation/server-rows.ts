import { randomUUID } from 'node:crypto'
import { ofKey, ofOperator } from './row.ts'
import type { Stage } from './stage.ts'

const ID = randomUUID()
const system = ({ room }: Stage) => ({ roomId: room, as: { kind: 'system' }, text: 'hello' })

export const serverRows = {
  serverSend: ofKey('/v1/server/messages', 201, { body: system }),
  serverSendBatch: ofKey('/v1/server/messages/batch', 200, {
    body: (stage: Stage) => ({ messages: [system(stage)] }),
  }),
  postServerEphemeral: ofKey('/v1/server/ephemeral', 202, {
    body: (stage: Stage) => ({ ...system(stage), userId: stage.target.id }),
  }),
  putUser: ofKey('/v1/users/somebody', 200, { body: { displayName: 'Somebody' } }),
  putUsers: ofKey('/v1/users/batch', 200, { body: { users: [{ id: 'b', displayName: 'B' }] } }),
  revokeTokens: ofKey(`/v1/users/${ID}/revoke-tokens`, 'NOT_FOUND'),
  exportUser: ofKey(`/v1/users/${ID}/export`, 'NOT_FOUND'),
  deleteUser: ofKey(`/v1/users/${ID}`, 'NOT_FOUND'),
  getErasure: ofKey(`/v1/users/${ID}/erasure`, 'NOT_FOUND'),

  listApiKeys: ofKey('/v1/api-keys'),
  createApiKey: ofKey('/v1/api-keys', 201, { body: { name: 'One', scopes: ['admin:read'] } }),
  getApiKey: ofKey(`/v1/api-keys/${ID}`, 'NOT_FOUND'),
  patchApiKey: ofKey(`/v1/api-keys/${ID}`, 'NOT_FOUND', { body: { name: 'Other' } }),
  deleteApiKey: ofKey(`/v1/api-keys/${ID}`, 'NOT_FOUND'),
  rotateApiKey: ofKey(`/v1/api-keys/${ID}/rotate`, 'NOT_FOUND'),
  getCluster: ofOperator('/v1/admin/cluster'),
  listHotRooms: ofOperator('/v1/admin/rooms'),
  inspectRoom: ofOperator(({ room }) => ({ path: `/v1/admin/rooms/${room}` })),
  getWork: ofOperator('/v1/admin/jobs'),
  retryJob: ofOperator('/v1/admin/jobs/search/no-such-job/retry', 'NOT_FOUND'),
  explainUnread: ofOperator(({ room, member }) => ({
    path: `/v1/admin/unread/${member.id}/${room}`,
  })),
  getStats: ofOperator('/v1/admin/stats'),
  listAudit: ofOperator('/v1/audit-log'),

  listWebhooks: ofOperator('/v1/webhooks'),
  createWebhook: ofKey('/v1/webhooks', 201, { body: { url: 'https://example.com/' } }),
  getWebhook: ofOperator(`/v1/webhooks/${ID}`, 'NOT_FOUND'),
  patchWebhook: ofKey(`/v1/webhooks/${ID}`, 'NOT_FOUND', { body: { disabled: true } }),
  deleteWebhook: ofKey(`/v1/webhooks/${ID}`, 'NOT_FOUND'),
  enableWebhook: ofOperator(`/v1/webhooks/${ID}/enable`, 'NOT_FOUND'),
  rotateWebhookSecret: ofKey(`/v1/webhooks/${ID}/rotate-secret`, 'NOT_FOUND'),
  testWebhook: ofOperator(`/v1/webhooks/${ID}/test`, 'NOT_FOUND'),
  listWebhookDeliveries: ofOperator(`/v1/webhooks/${ID}/deliveries`, 'NOT_FOUND'),
  retryWebhookDelivery: ofOperator(`/v1/webhooks/${ID}/deliveries/${ID}/retry`, 'NOT_FOUND'),
  replayWebhook: ofOperator(`/v1/webhooks/${ID}/replay`, 'NOT_FOUND', {
    body: ({ room }: Stage) => ({ roomId: room, fromSeq: 1, toSeq: 1 }),
  }),
}
