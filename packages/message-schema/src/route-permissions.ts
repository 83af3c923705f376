import type { CommandName } from './commands.ts'
import type { RouteName } from './http/routes.ts'
import type { Permission } from './permissions.ts'

/**
 * Who may ask for something. A permission is one that the caller’s role has in the room, and means that
 * they are a member of it; of several any one is enough.
 */
export type Need =
  | 'anybody'
  /** Whoever has the secret that is in the address. */
  | 'link'
  /** An API key with the scope of the route; where the route says so, an operator too. */
  | 'key'
  /** Whoever is signed in: it is about themselves, or what everybody may know. */
  | 'user'
  /** Members, and for a public room everybody who is not banned. */
  | 'visitor'
  | 'member'
  | Permission
  | readonly [Permission, Permission, ...Permission[]]

/** What the table below cannot say by itself. */
export interface Access {
  readonly need: Need
  readonly note?: string
}

const access = (need: Need, note?: string): Access => ({
  need,
  ...(note !== undefined && { note }),
})

const anybody = access('anybody')
const link = access('link')
const key = access('key')
const user = access('user')
const member = access('member')

/** Who may call each REST route and each socket command. Complete by type. */
export const ACCESS: Readonly<Record<RouteName | CommandName, Access>> = {
  register: anybody,
  login: anybody,
  refresh: anybody,
  guest: anybody,
  logout: user,
  getMe: user,
  patchMe: access('user', 'users of a host application are changed there'),
  listSessions: user,
  deleteSession: user,
  deleteOtherSessions: user,
  listBlocks: user,
  putBlock: user,
  deleteBlock: user,
  getPrefs: user,
  putPrefs: user,
  listUsers: user,
  getUser: user,
  getMyPresence: user,
  putMyPresence: user,
  listPresence: access('user', 'of people who share a room with one, as far as they show it'),

  listRooms: user,
  createRoom: access('user', 'nobody who has blocked the caller becomes a member by it'),
  createDm: access('user', 'nobody who has blocked the caller; one that is there is answered'),
  getRoom: access('visitor'),
  patchRoom: access(
    ['room:update', 'room:freeze', 'room:archive', 'members:role'],
    'frozen, slowModeS: room:freeze; archived: room:archive; roleOverrides: members:role, for roles below one’s own; else room:update. In a group DM every member changes name, topic and avatar',
  ),
  deleteRoom: access('room:delete'),
  listMembers: member,
  getMember: member,
  putMember: access(
    'members:add',
    'for oneself none, in a public room; others as a role below one’s own, unless they have blocked the caller; the role of who is a member as PATCH changes it',
  ),
  patchMember: access(
    'members:role',
    'of people and to roles below one’s own; oneself downwards without it; the owner also hands the room over',
  ),
  deleteMember: access('members:remove', 'people of a lower role; oneself without it, but in a DM'),
  listRoles: user,
  putRole: key,
  deleteRole: key,

  createInvite: access(
    'members:invite',
    'as more than a member also members:role, below one’s own role',
  ),
  listInvites: access('members:invite', 'of others also members:add'),
  deleteInvite: access('members:invite', 'of others also members:add'),
  getInvite: access('user', 'who has the code and is not banned'),
  acceptInviteCode: access('user', 'who has the code and is not banned'),
  listMyInvites: user,
  acceptMyInvite: access('user', 'who is invited and is not banned'),
  declineMyInvite: access('user', 'who is invited'),

  listBans: access('moderation:ban'),
  putBan: access('moderation:ban', 'people of a lower role'),
  deleteBan: access('moderation:ban'),
  listMutes: access('moderation:mute'),
  putMute: access('moderation:mute', 'people of a lower role'),
  deleteMute: access('moderation:mute'),
  createKick: access('members:remove', 'people of a lower role'),
  listRoomAudit: access('moderation:review'),
  createReport: access('member', 'who may see the message'),
  listQueue: access('moderation:review', 'only of rooms where one has it'),
  settleReport: access('moderation:review', 'and what the act itself needs'),
  createServerAct: key,
  listServerQueue: key,
  settleServerReport: key,
  listBlockedWords: key,
  createBlockedWords: key,
  getBlockedWord: key,
  patchBlockedWord: key,
  deleteBlockedWord: key,
  listMessageTypes: user,
  getMessageType: key,
  putMessageType: key,
  deleteMessageType: key,

  listMessages: member,
  getMessage: member,
  listMessageVersions: member,
  postMessage: access(
    'message:send',
    'with files also message:attach, for everybody also message:mention-all',
  ),
  patchMessage: access('message:edit-own', 'one’s own'),
  deleteMessage: access(
    ['message:delete-own', 'message:delete-any'],
    'one’s own with the first, of others with the second',
  ),
  putRead: member,
  listEvents: member,
  getEventsPage: member,
  streamEvents: member,
  linkStream: member,
  getLinkedStream: access('link', 'while whoever asked for it may read the room'),
  postSync: access('user', 'answers rooms that one is a member of'),
  putReaction: access('message:react'),
  deleteReaction: access('message:react'),
  listReactions: member,
  putPin: access('message:pin'),
  deletePin: access('message:pin'),
  listPins: member,
  listReplies: member,
  listReceipts: member,
  getReceipts: member,
  getUnread: user,
  createScheduled: access('member', 'what sending needs is asked when it is sent'),
  listScheduled: user,
  patchScheduled: access('user', 'one’s own'),
  deleteScheduled: access('user', 'one’s own'),
  postEphemeral: access('message:ephemeral'),

  uploadFile: user,
  getFile: access('user', 'who may see a message with it, or has uploaded it; avatars everybody'),
  linkFile: access('user', 'as for the file'),
  getLinkedFile: access('link', 'while whoever asked for it may have the file'),
  deleteFile: access('user', 'one’s own'),
  search: access('user', 'finds in rooms that one is a member of'),
  exportRoom: access('room:export'),
  exportRoomAsServer: key,
  importRoom: key,

  getRoomNotifications: member,
  putRoomNotifications: member,
  getMyNotifications: user,
  putMyNotifications: user,
  listDevices: user,
  createDevice: user,
  deleteDevice: user,
  getVapidKey: anybody,
  getMyEmail: user,
  putMyEmail: user,
  deleteMyEmail: user,
  showConfirmEmail: link,
  confirmEmail: link,
  showUnsubscribe: link,
  unsubscribe: link,

  postServerEphemeral: key,
  serverSend: key,
  serverSendBatch: key,
  putUser: key,
  putUsers: key,
  revokeTokens: key,
  exportUser: key,
  deleteUser: key,
  getErasure: key,
  listApiKeys: key,
  createApiKey: key,
  getApiKey: key,
  patchApiKey: key,
  deleteApiKey: key,
  rotateApiKey: key,
  getStats: key,
  getCluster: key,
  listHotRooms: key,
  inspectRoom: key,
  getWork: key,
  retryJob: key,
  explainUnread: key,
  listAudit: key,
  listWebhooks: key,
  createWebhook: key,
  getWebhook: key,
  patchWebhook: key,
  deleteWebhook: key,
  enableWebhook: key,
  rotateWebhookSecret: key,
  testWebhook: key,
  listWebhookDeliveries: key,
  retryWebhookDelivery: key,
  replayWebhook: key,

  getPusherSocketId: user,
  subscribeChannel: access(
    'user',
    'of private and presence channels whoever the app has signed for',
  ),

  'auth:refresh': access('user', 'a token of the same person'),
  sync: access('user', 'answers rooms that one is a member of'),
  'message:send': access(
    'message:send',
    'with files also message:attach, for everybody also message:mention-all',
  ),
  'message:edit': access('message:edit-own', 'one’s own'),
  'message:delete': access(
    ['message:delete-own', 'message:delete-any'],
    'one’s own with the first, of others with the second',
  ),
  'reaction:set': access('message:react'),
  'pin:set': access('message:pin'),
  'read:set': member,
  'typing:set': member,
  'presence:subscribe': access(
    'user',
    'of people who share a room with one, as far as they show it',
  ),
  'presence:set': user,
}
