import { readdirSync, readFileSync } from 'node:fs'
import type { DefaultTheme } from 'vitepress'

type Item = DefaultTheme.SidebarItem

const item = (text: string, link: string): Item => ({ text, link })

const docs = new URL('../', import.meta.url)
const titleOf = (page: string): string =>
  /^# (?:\d+\. )?(.+)$/mu.exec(readFileSync(new URL(page, docs), 'utf8'))?.[1] ?? page

/** One a file, in the order of their numbers. */
const decisions = readdirSync(new URL('decisions', docs))
  .toSorted()
  .map((file) => item(titleOf(`decisions/${file}`), `/decisions/${file.slice(0, -'.md'.length)}`))

const SECTIONS: readonly Item[] = [
  {
    text: 'Begin',
    items: [
      item('What it is', '/'),
      item('Start in five minutes', '/start'),
      item('Comparison', '/comparison'),
      item('Features', '/features'),
      item('Questions', '/faq'),
    ],
  },
  {
    text: 'Concepts',
    items: [
      item('A room is a log', '/concepts/rooms-as-logs'),
      item('Guarantees', '/concepts/guarantees'),
      item('Order', '/concepts/order'),
      item('Resume', '/concepts/resume'),
      item('Architecture', '/project/architecture'),
    ],
  },
  {
    text: 'Guides',
    items: [
      item('From polling to sockets', '/from-polling-to-sockets'),
      item('Users of your application', '/operations#users-of-a-host-application'),
      item('Server API', '/server-api'),
      item('Webhooks', '/webhooks'),
      item('Pusher-compatible API', '/pusher'),
      item('Redis emitter', '/redis-emitter'),
      item('Server-Sent Events', '/server-sent-events'),
      item('Files', '/files'),
      item('Moderation', '/moderation'),
      item('Notifications', '/notifications'),
      item('Search, export, import', '/search-and-transfer'),
      item('The web client', '/web-client'),
      item('React hooks', '/project/react'),
      {
        text: 'Examples',
        link: '/project/examples',
        collapsed: true,
        items: [
          item('A bot', '/project/example-node-bot'),
          item('A plain page', '/project/example-plain-html'),
          item('A React room', '/project/example-react-room'),
          item('A PHP site', '/project/example-php'),
          item('A support chat', '/project/example-support-chat'),
        ],
      },
    ],
  },
  {
    text: 'Reference',
    items: [
      item('SDK', '/sdk'),
      item('Protocol', '/protocol'),
      item('REST: rules', '/rest'),
      item('REST: every route', '/reference/rest'),
      item('Events', '/reference/events'),
      item('Shapes', '/reference/shapes'),
      item('Errors', '/errors'),
      item('Limits', '/protocol#limits'),
      item('Permissions', '/permissions'),
      item('Environment', '/environment'),
      item('Metrics', '/metrics'),
      item('Command line', '/cli'),
      item('SDK: what it holds', '/project/client-spec'),
    ],
  },
  {
    text: 'Operations',
    items: [
      item('Deployment', '/deployment'),
      item('Operations', '/operations'),
      item('High availability', '/high-availability'),
      item('Runbooks', '/runbooks'),
      item('Admin console', '/admin-console'),
      item('Tracing', '/tracing'),
      item('Capacity', '/capacity'),
    ],
  },
  {
    text: 'Proof',
    items: [
      item('Testing', '/testing'),
      item('Scoreboard', '/scoreboard'),
      item('Performance', '/performance'),
      item('Faults', '/faults'),
      item('Abuse', '/abuse'),
      item('Format of histories', '/history-format'),
      { text: 'Decisions', collapsed: true, items: decisions },
    ],
  },
  {
    text: 'Project',
    items: [
      item('Contributing', '/project/contributing'),
      item('Security', '/project/security'),
      item('Changes', '/project/changelog'),
    ],
  },
]

export const SIDEBAR: Item[] = SECTIONS.map((section) => ({ ...section, collapsed: false }))

export const NAV: DefaultTheme.NavItem[] = [
  { text: 'Start', link: '/start' },
  { text: 'Concepts', link: '/concepts/rooms-as-logs', activeMatch: '^/concepts/' },
  { text: 'SDK', link: '/sdk' },
  { text: 'REST', link: '/reference/rest' },
  { text: 'Operations', link: '/operations' },
  { text: 'Proof', link: '/scoreboard' },
]
