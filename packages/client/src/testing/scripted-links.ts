import type { CommandName, Reply, SessionReady } from '@parley/message-schema'
import { unknownOutcome } from '../chat-error.ts'
import type { LinkEvents, LinkKind, LinkOptions, OpenLink } from '../connection/link.ts'

export interface Asked {
  readonly name: CommandName
  readonly payload: unknown
  readonly answer: (reply: Reply<unknown>) => void
}

export interface ScriptedLink {
  readonly options: LinkOptions
  readonly events: LinkEvents
  readonly asked: Asked[]
  readonly ready: (more?: Partial<SessionReady>) => void
  kind: LinkKind
  isClosed: boolean
}

/** Links that do what a test tells them to. */
export function createScriptedLinks(kind: LinkKind = 'websocket') {
  const links: ScriptedLink[] = []
  const open: OpenLink = (options, events) => {
    const giveUp: (() => void)[] = []
    const scripted: ScriptedLink = {
      options,
      events,
      kind,
      asked: [],
      isClosed: false,
      ready: (more) =>
        events.ready({
          sessionId: 's',
          userId: 'ada',
          serverTime: '2026-01-01T00:00:00.000Z',
          expiresAt: '2026-01-01T01:00:00.000Z',
          limits: {},
          headsIntervalMs: 5_000,
          epoch: 1,
          gateway: `g${links.length}`,
          ...more,
        }),
    }
    links.push(scripted)
    return {
      get kind() {
        return scripted.kind
      },
      request: (name, payload) =>
        new Promise((resolve, reject) => {
          giveUp.push(() => reject(unknownOutcome()))
          scripted.asked.push({ name, payload, answer: resolve as Asked['answer'] })
        }),
      close() {
        scripted.isClosed = true
        for (const one of giveUp.splice(0)) one()
      },
    }
  }
  return { open, links }
}
