import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import prismaSchema from '@prisma/prisma-schema-wasm'
import { createConnection, type Connection } from 'mariadb'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { connectionConfig } from './database-url.ts'
import { migrate } from './migrate.ts'
import { packageFolder } from './migrations-folder.ts'

/** Two descriptions of one table, in the same words, to be compared. */
interface Table {
  readonly columns: readonly string[]
  readonly keys: readonly string[]
}

interface Field {
  readonly name: string
  readonly dbName?: string
  readonly kind: string
  readonly type: string
  readonly isRequired: boolean
  readonly hasDefaultValue: boolean
  readonly nativeType: readonly [name: string, args: readonly string[]] | null
  readonly relationFromFields?: readonly string[]
  readonly relationToFields?: readonly string[]
  readonly relationOnDelete?: string
}
interface Model {
  readonly name: string
  readonly dbName: string | null
  readonly fields: readonly Field[]
}
interface Index {
  readonly model: string
  readonly type: 'id' | 'unique' | 'normal'
  readonly dbName?: string
  readonly fields: readonly { readonly name: string }[]
}

const declared = readSchema(readFileSync(join(packageFolder(), 'schema.prisma'), 'utf8'))
const database = `parley_drift_${randomBytes(6).toString('hex')}`
let connection: Connection
let migrated: Record<string, Table> = {}

beforeAll(async () => {
  const url = new URL(inject('databaseUrl'))
  connection = await createConnection(connectionConfig(url.href))
  await connection.query(`CREATE DATABASE ${database}`)
  url.pathname = database
  await migrate(url.href)
  migrated = await readDatabase()
})
afterAll(async () => {
  await connection.query(`DROP DATABASE ${database}`)
  await connection.end()
})

test('the migrations make the tables that the schema declares, and no others', () => {
  expect(Object.keys(migrated).toSorted()).toEqual(Object.keys(declared).toSorted())
})

test.each(Object.keys(declared))('%s: columns, keys and foreign keys are the same', (table) => {
  expect(migrated[table]).toEqual(declared[table])
})

function readSchema(schema: string): Record<string, Table> {
  const params = JSON.stringify({ prismaSchema: [['schema.prisma', schema]] })
  const { datamodel } = JSON.parse(prismaSchema.get_dmmf(params)) as {
    datamodel: { models: Model[]; indexes: Index[] }
  }
  const tables = datamodel.models.map((model) => {
    const indexes = datamodel.indexes.filter((index) => index.model === model.name)
    const columns = model.fields.filter(({ kind }) => kind !== 'object').map(columnOf)
    const foreign = model.fields
      .filter(({ relationFromFields }) => (relationFromFields ?? []).length > 0)
      .map((field) => foreignKeyOf(model, field, datamodel.models))
    const keys = [...indexes.map((index) => keyOf(model, index)), ...foreign]
    return [tableName(model), { columns: columns.toSorted(), keys: keys.toSorted() }] as const
  })
  return Object.fromEntries(tables)
}

function tableName({ dbName, name }: Model): string {
  return dbName ?? name
}

function columnName(model: Model, fieldName: string): string {
  const field = model.fields.find(({ name }) => name === fieldName)
  return field?.dbName ?? fieldName
}

function columnOf(field: Field): string {
  const { nativeType, isRequired, hasDefaultValue } = field
  const name = field.dbName ?? field.name
  // What Prisma would take by itself differs by connector; our columns say what they are.
  if (nativeType === null) throw new Error(`${name} has no @db type in schema.prisma.`)
  const [native, args] = nativeType
  const unsigned = native.startsWith('Unsigned')
  const type = native.replace('Unsigned', '').toLowerCase()
  const full = `${type}${args.length > 0 ? `(${args.join(',')})` : ''}${unsigned ? ' unsigned' : ''}`
  return describeColumn(name, full, isRequired, hasDefaultValue)
}

function describeColumn(name: string, type: string, isRequired: boolean, hasDefault: boolean) {
  return `${name} ${type} ${isRequired ? 'not null' : 'null'}${hasDefault ? ' default' : ''}`
}

function keyOf(model: Model, { type, dbName, fields }: Index): string {
  const columns = fields.map(({ name }) => columnName(model, name))
  if (type === 'id') return `primary key (${columns.join(', ')})`
  const ending = type === 'unique' ? 'key' : 'idx'
  const name = dbName ?? [tableName(model), ...columns, ending].join('_')
  return `${type === 'unique' ? 'unique ' : ''}index ${name} (${columns.join(', ')})`
}

function foreignKeyOf(model: Model, field: Field, models: readonly Model[]): string {
  const target = models.find(({ name }) => name === field.type)
  if (target === undefined) throw new Error(`schema.prisma has no model ${field.type}.`)
  const from = (field.relationFromFields ?? []).map((name) => columnName(model, name))
  const to = (field.relationToFields ?? []).map((name) => columnName(target, name))
  const byDefault = field.isRequired ? 'Restrict' : 'SetNull'
  const onDelete = (field.relationOnDelete ?? byDefault).replace(/(?<=[a-z])(?=[A-Z])/gu, ' ')
  return `foreign key ${tableName(model)}_${from.join('_')}_fkey (${from.join(', ')}) references ${tableName(target)} (${to.join(', ')}) on delete ${onDelete.toLowerCase()}`
}

async function readDatabase(): Promise<Record<string, Table>> {
  const ours = `table_schema = '${database}' AND table_name <> '_prisma_migrations'`
  // MySQL answers the columns of information_schema in capitals, MariaDB as they were asked for.
  const columns = await connection.query<
    Record<'t' | 'name' | 'type' | 'nullable' | 'dflt' | 'extra', string>[]
  >(
    `SELECT table_name AS t, column_name AS name, column_type AS type, is_nullable AS nullable,
            column_default AS dflt, extra AS extra
     FROM information_schema.columns WHERE ${ours}`,
  )
  const indexes = await connection.query<
    { t: string; name: string; dup: number | bigint; cols: string }[]
  >(
    `SELECT table_name AS t, index_name AS name, MAX(non_unique) AS dup,
            GROUP_CONCAT(column_name ORDER BY seq_in_index SEPARATOR ', ') AS cols
     FROM information_schema.statistics WHERE ${ours} GROUP BY table_name, index_name`,
  )
  const foreign = await connection.query<
    Record<'t' | 'name' | 'cols' | 'target' | 'refs' | 'rule', string>[]
  >(
    `SELECT k.table_name AS t, k.constraint_name AS name, k.referenced_table_name AS target,
            GROUP_CONCAT(k.column_name ORDER BY k.ordinal_position SEPARATOR ', ') AS cols,
            GROUP_CONCAT(k.referenced_column_name ORDER BY k.ordinal_position SEPARATOR ', ') AS refs,
            MAX(r.delete_rule) AS rule
     FROM information_schema.key_column_usage k
     JOIN information_schema.referential_constraints r
       ON r.constraint_schema = k.table_schema AND r.constraint_name = k.constraint_name
     WHERE k.table_schema = '${database}' AND k.referenced_table_name IS NOT NULL
     GROUP BY k.table_name, k.constraint_name, k.referenced_table_name`,
  )
  const names = [...new Set(columns.map(({ t }) => t))]
  const tables = names.map((table) => {
    const here = <Row extends { t: string }>(rows: Row[]): Row[] =>
      rows.filter(({ t }) => t === table)
    const keys = [
      ...here(indexes).map(({ name, dup, cols }) => {
        if (name === 'PRIMARY') return `primary key (${cols})`
        return `${Number(dup) === 0 ? 'unique ' : ''}index ${name} (${cols})`
      }),
      ...here(foreign).map(
        ({ name, cols, target, refs, rule }) =>
          `foreign key ${name} (${cols}) references ${target} (${refs}) on delete ${rule.toLowerCase()}`,
      ),
    ]
    const described = here(columns).map(({ name, type, nullable, dflt, extra }) => {
      const hasDefault = (dflt !== null && dflt !== 'NULL') || extra === 'auto_increment'
      return describeColumn(name, withoutWidth(type), nullable === 'NO', hasDefault)
    })
    return [table, { columns: described.toSorted(), keys: keys.toSorted() }] as const
  })
  return Object.fromEntries(tables)
}

/** MariaDB shows `bigint(20)` where MySQL shows `bigint`; the width never meant a size. */
function withoutWidth(type: string): string {
  return type.replace(/^(tinyint|smallint|mediumint|int|bigint)\(\d+\)/u, '$1')
}
