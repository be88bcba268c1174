import type { Clock } from '@ramal/core'
import { chooseDriver, type DriverName } from './driver.js'
import type { Log } from './log.js'
import { openReadLog } from './read-log.js'
import { openWriteLog } from './write-log.js'

/** Which log to open and how; it can be sent to another thread. */
export interface LogRequest {
  readonly file: string
  readonly driver: DriverName | undefined
  readonly readOnly: boolean
  readonly headCacheSize: number
  readonly busyTimeout: number
}

/** @throws StoreError */
export const openLog = async (request: LogRequest, clock: Clock): Promise<Log> => {
  const driver = await chooseDriver(request.driver)
  const options = { ...request, clock }
  return request.readOnly
    ? openReadLog(driver, request.file, options)
    : openWriteLog(driver, request.file, options)
}
