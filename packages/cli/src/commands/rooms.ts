import { randomUUID } from 'node:crypto'
import { RoomId, Visibility, type Member, type Room } from '@parley/message-schema'
import type { Command } from 'commander'
import { withDatabase } from '../installation/query-database.ts'
import { fields, table } from '../output/table.ts'
import type { Terminal } from '../terminal.ts'
import { addLeaf, typed } from './command-kit.ts'
import { readRooms } from './read-lists.ts'
import { actingUser } from './room-reader.ts'
import { confirm, positive, roomIdOf, userIdOf } from './what-is-asked.ts'

const roomFields = (room: Room): string =>
  fields({
    id: room.id,
    name: room.name,
    topic: room.topic,
    kind: room.kind,
    visibility: room.visibility,
    head: room.head,
    members: room.memberCount,
    archived: room.archived,
    frozen: room.frozen,
    'made at': room.createdAt,
  })

const addAs = (command: Command): Command =>
  command.option('--as <user>', "who asks; without it the room's owner, if the database is known")

export function addRooms(program: Command, terminal: Terminal): void {
  const rooms = program.command('rooms').description('Rooms and who is in them.')
  addLists(rooms, terminal)
  addChanging(rooms, terminal)
}

function addLists(rooms: Command, terminal: Terminal): void {
  addLeaf<{ after?: string; limit: number; q?: string }>(rooms, terminal, {
    usage: 'list',
    summary: 'All rooms in the order of their making, from the database.',
    examples: ['parley rooms list --limit 20', 'parley rooms list -q Order --json'],
    needs: 'database',
    options: (command) =>
      command
        .option('-q <text>', 'whose name begins so')
        .option('--after <id>', 'go on behind this one', typed(RoomId))
        .option('--limit <n>', 'how many', typed(positive), 100),
    async run(run, terms) {
      const found = await withDatabase(run.installation.databaseUrl(), (query) =>
        readRooms(query, terms),
      )
      const rows = found.map(({ id, name, kind, visibility, head, members, deletedAt }) => [
        id,
        name,
        kind,
        visibility,
        head,
        members,
        deletedAt === null ? '' : 'deleted',
      ])
      const columns = ['id', 'name', 'kind', 'visibility', 'head', 'members', 'state']
      await run.show(found, () => table(columns, rows))
    },
  })
  addLeaf<{ as?: string }>(rooms, terminal, {
    usage: 'show <id>',
    summary: 'One room.',
    examples: ['parley rooms show 0193f2c1-0000-7000-8000-000000000001 --as customer-7'],
    needs: 'api',
    options: addAs,
    async run(run, options, [given]) {
      const id = roomIdOf(given)
      const as = await actingUser(run, id, options.as)
      const { room } = (await run.api().call({ path: ['v1', 'rooms', id], as })) as { room: Room }
      await run.show(room, () => roomFields(room))
    },
  })
  addLeaf<{ as?: string; after?: string; limit: number }>(rooms, terminal, {
    usage: 'members <id>',
    summary: 'Who is in a room, in the order of their ids.',
    examples: ['parley rooms members 0193f2c1-0000-7000-8000-000000000001 --as customer-7'],
    needs: 'api',
    options: (command) =>
      addAs(command)
        .option('--after <user>', 'go on behind this one')
        .option('--limit <n>', 'how many', typed(positive), 200),
    async run(run, { as: named, after, limit }, [given]) {
      const id = roomIdOf(given)
      const as = await actingUser(run, id, named)
      const members: Member[] = []
      let next = after
      for (let isMore = true; isMore && members.length < limit;) {
        const query = { after: next, limit: Math.min(200, limit - members.length) }
        const path = ['v1', 'rooms', id, 'members']
        const { data, page } = (await run.api().call({ path, query, as })) as {
          data: Member[]
          page: { after: string | null; hasMoreAfter: boolean }
        }
        members.push(...data)
        next = page.after ?? undefined
        isMore = page.hasMoreAfter
      }
      const rows = members.map(({ userId, displayName, role }) => [userId, displayName, role])
      await run.show(members, () => table(['id', 'name', 'role'], rows))
    },
  })
}

function addChanging(rooms: Command, terminal: Terminal): void {
  addLeaf<{ as: string; visibility: string; topic?: string; member?: string[] }>(rooms, terminal, {
    usage: 'create <name>',
    summary: 'Make a room that a user owns.',
    examples: ['parley rooms create "Order 7" --as customer-7 --member orders-bot'],
    needs: 'api',
    options: (command) =>
      command
        .requiredOption('--as <user>', 'whose room it is')
        .option('--visibility <public|private>', 'who finds it', typed(Visibility), 'private')
        .option('--topic <text>', 'what it is about')
        .option('--member <user...>', 'who is in it from the beginning'),
    async run(run, { as, visibility, topic, member }, [name]) {
      const body = {
        name,
        visibility,
        ...(topic !== undefined && { topic }),
        ...(member !== undefined && { memberIds: member.map(userIdOf) }),
      }
      const { room } = (await run.api().call({
        method: 'POST',
        path: ['v1', 'rooms'],
        as: userIdOf(as),
        body,
        idempotencyKey: randomUUID(),
      })) as { room: Room }
      await run.show(room, () => roomFields(room))
    },
  })
  addLeaf<{ as?: string; yes?: boolean }>(rooms, terminal, {
    usage: 'delete <id>',
    summary: 'Delete a room for everybody.',
    examples: ['parley rooms delete 0193f2c1-0000-7000-8000-000000000001 --yes'],
    needs: 'api',
    options: (command) => addAs(command).option('--yes', 'do it'),
    async run(run, options, [given]) {
      const id = roomIdOf(given)
      confirm(options.yes, `The room ${id} is deleted for everybody.`)
      const as = await actingUser(run, id, options.as)
      await run.api().call({ method: 'DELETE', path: ['v1', 'rooms', id], as })
      await run.show({ id, deleted: true }, () => `The room ${id} is deleted.\n`)
    },
  })
}
