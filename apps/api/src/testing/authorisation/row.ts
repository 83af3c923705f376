import type { ErrorCode, Visibility } from '@parley/message-schema'
import type { Caller, Stage } from './stage.ts'

/** The status of a success, or the code of a refusal. */
export type Cell = number | ErrorCode
export type Cells = Readonly<Record<Caller, Cell>>

export interface Ask {
  readonly path: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

/** What each kind of caller is answered on one route. */
export interface Row {
  readonly ask: (stage: Stage, caller: Caller) => Ask | Promise<Ask>
  readonly cells: Readonly<Record<Visibility, Cells>>
  /** What a key with the right scope is answered; of routes for keys. */
  readonly rightKey?: Cell
  /** And an operator, of routes that let one in. */
  readonly operator?: Cell
  /** It is the same in public and private rooms. */
  readonly plain?: true
  /** Each caller has a room of their own: asking once changes what is there. */
  readonly alone?: true
  /** People of their own too: asking once changes who they are. */
  readonly newPeople?: true
}

interface Options {
  readonly body?: unknown
  readonly headers?: Record<string, string>
  readonly alone?: true
  readonly newPeople?: true
}

type Asked = string | Row['ask']

/** `:room`, `:seq`, `:target` and `:outsider` stand for those of the stage. */
const toAsk =
  (asked: Asked, { body, headers }: Options): Row['ask'] =>
  (stage, caller) => {
    if (typeof asked !== 'string') return asked(stage, caller)
    const path = asked
      .replace(':room', stage.room)
      .replace(':seq', String(stage.seq))
      .replace(':target', stage.target.id)
      .replace(':outsider', stage.outsider.id)
    const more = typeof body === 'function' ? (body(stage) as unknown) : body
    return {
      path,
      ...(more !== undefined && { body: more }),
      ...(headers !== undefined && { headers }),
    }
  }

const flags = ({ alone, newPeople }: Options): Pick<Row, 'alone' | 'newPeople'> => ({
  ...(alone === true && { alone }),
  ...(newPeople === true && { newPeople }),
})

type Inside = Pick<Cells, 'member' | 'moderator' | 'owner'>
type Outside = Partial<Omit<Cells, keyof Inside>>

/** About the room of the stage: what outsiders are told is the same nearly everywhere. */
export const inRoom = (
  asked: Asked,
  inside: Inside,
  options: Options & { readonly outside?: Partial<Record<Visibility, Outside>> } = {},
): Row => {
  const cells = (visibility: Visibility): Cells => ({
    anonymous: 'AUTH_REQUIRED',
    wrongScope: 'FORBIDDEN',
    otherRoom: visibility === 'public' ? 'NOT_MEMBER' : 'NOT_FOUND',
    banned: 'BANNED',
    formerMember: 'NOT_MEMBER',
    ...options.outside?.[visibility],
    ...inside,
  })
  return {
    ask: toAsk(asked, options),
    cells: { public: cells('public'), private: cells('private') },
    ...flags(options),
  }
}

/** For all members alike. */
export const ofMembers = (
  asked: Asked,
  cell: Cell,
  options: Parameters<typeof inRoom>[2] = {},
): Row => inRoom(asked, { member: cell, moderator: cell, owner: cell }, options)

/** Not for plain members. */
export const ofModerators = (
  asked: Asked,
  cell: Cell,
  options: Parameters<typeof inRoom>[2] = {},
): Row => inRoom(asked, { member: 'FORBIDDEN', moderator: cell, owner: cell }, options)

export const ofOwner = (
  asked: Asked,
  cell: Cell,
  options: Parameters<typeof inRoom>[2] = {},
): Row => inRoom(asked, { member: 'FORBIDDEN', moderator: 'FORBIDDEN', owner: cell }, options)

const both = (cells: Cells): Row['cells'] => ({ public: cells, private: cells })

const everybody = (cell: Cell): Cells => ({
  anonymous: cell,
  wrongScope: cell,
  otherRoom: cell,
  banned: cell,
  formerMember: cell,
  member: cell,
  moderator: cell,
  owner: cell,
})

/** For whoever is signed in, about themselves; `but` says for whom it is otherwise. */
export const ofUser = (
  asked: Asked,
  cell: Cell = 200,
  { but, ...options }: Options & { readonly but?: Partial<Cells> } = {},
): Row => ({
  ask: toAsk(asked, options),
  cells: both({ ...everybody(cell), anonymous: 'AUTH_REQUIRED', wrongScope: 'FORBIDDEN', ...but }),
  plain: true,
  ...flags(options),
})

/** Needs no token, and heeds none. */
export const open = (asked: Asked, cell: Cell, options: Options = {}): Row => ({
  ask: toAsk(asked, options),
  cells: both(everybody(cell)),
  plain: true,
  ...flags(options),
})

/** For API keys alone: people are refused whoever they are. */
export const ofKey = (asked: Asked, rightKey: Cell = 200, options: Options = {}): Row => ({
  ask: toAsk(asked, options),
  cells: both({ ...everybody('FORBIDDEN'), anonymous: 'AUTH_REQUIRED' }),
  rightKey,
  plain: true,
  ...flags(options),
})

/** For API keys and operators; who is neither is refused like anybody else. */
export const ofOperator = (asked: Asked, right: Cell = 200, options: Options = {}): Row => ({
  ...ofKey(asked, right, options),
  operator: right,
})
