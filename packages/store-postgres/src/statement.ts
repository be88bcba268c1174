import type pg from 'pg'

export type Value = string | number | boolean | null | readonly string[]

/** What is asked of statements here: how many rows they gave or wrote, and the first column of the last one given. */
export interface Answer {
  readonly text: string | null
  readonly rows: number
}

/** What a connection holds prepared. */
const prepared = new WeakMap<pg.Connection, Set<string>>()

const textOf = (value: Value): string | null => {
  if (value === null || typeof value === 'string') return value
  if (typeof value !== 'object') return String(value)
  return `{${value.map((item) => `"${item.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}

/**
 * Runs a statement, prepared under its name if it has one. It does not ask what the columns of the answer are, which
 * it knows: to describe them and to read that takes both sides longer than the values do.
 */
export const runOn = (
  client: pg.ClientBase,
  text: string,
  values: readonly Value[],
  name = '',
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    let answer: string | null = null
    let rows = 0
    // As the driver calls it, see `Query` there. It puts a timer around `callback`.
    const query = {
      name,
      text,
      callback: (error?: Error) => (error ? reject(error) : resolve({ text: answer, rows })),
      submit(connection: pg.Connection) {
        const names = prepared.get(connection) ?? new Set()
        prepared.set(connection, names)
        connection.stream.cork()
        if (!names.has(name)) connection.parse({ name, text, types: [] }, true)
        connection.bind({ statement: name, values: values.map(textOf) }, true)
        connection.execute({}, true)
        connection.sync()
        connection.stream.uncork()
        // An error ends the connection, and with it what is not prepared after all.
        if (name !== '') names.add(name)
      },
      handleDataRow({ fields }: { fields: readonly (string | null)[] }) {
        answer = fields[0] ?? null
      },
      // Such as `INSERT 0 1`.
      handleCommandComplete({ text }: { text: string }) {
        rows = Number(text.slice(text.lastIndexOf(' ') + 1))
      },
      handleReadyForQuery: () => query.callback(),
      handleError: (error: Error) => query.callback(error),
    }
    client.query(query)
  })
