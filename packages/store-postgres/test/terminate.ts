import type { PostgresServer } from '@ramal/postgres-test-server'
import pg from 'pg'

/** Ends every connection that the server has, as an administrator or a failing network would. */
export const terminateConnections = async (server: PostgresServer): Promise<void> => {
  const admin = new pg.Client(server.url())
  await admin.connect()
  await admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where backend_type = 'client backend' and pid <> pg_backend_pid()`,
  )
  await admin.end()
}
