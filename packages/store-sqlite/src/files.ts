import { realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { StoreError } from '@ramal/core'

/** The longest file name that the usual file systems take, in bytes, with room for the names beside it. */
const MAX_NAME = 255 - '-journal'.length

/**
 * The path without symbolic links, so that one file has one lock.
 * @throws StoreError `invalid` for a path that cannot be a log
 */
export const resolveFile = (file: string): string => {
  if (file === '' || file.includes('\0') || file.startsWith(':'))
    throw new StoreError(
      'invalid',
      `${JSON.stringify(file)} is no path of a file; name one, such as ./ramal.db.`,
    )
  const path = resolve(file)
  const bytes = Buffer.byteLength(basename(path))
  if (bytes > MAX_NAME)
    throw new StoreError(
      'invalid',
      `The file name ${basename(path).slice(0, 40)}... has ${bytes} bytes, at most ${MAX_NAME} fit.`,
    )
  let folder: string
  try {
    folder = realpathSync(dirname(path))
  } catch (cause) {
    throw new StoreError('invalid', `The folder ${dirname(path)} is not there; make it first.`, { cause })
  }
  const inFolder = join(folder, basename(path))
  const entry = statSync(inFolder, { throwIfNoEntry: false })
  if (entry?.isDirectory()) throw new StoreError('invalid', `${inFolder} is a folder; name a file in it.`)
  return entry ? realpathSync(inFolder) : inFolder
}
