import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const skipped = (name: string): boolean => name === 'node_modules' || name === 'dist' || name.startsWith('.')

const below = (path: string): readonly string[] => {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    if (skipped(entry.name)) return []
    const inner = join(path, entry.name)
    return entry.isDirectory() ? below(inner) : entry.name.endsWith('.test.ts') ? [inner] : []
  })
}

/**
 * The test files in folders, in order of their paths; a path of a file stands for itself.
 * @throws Error for a path that is not there: a mistyped one must not pass for a folder without tests
 */
export const testFiles = (roots: readonly string[]): readonly string[] => {
  for (const root of roots)
    if (!existsSync(root)) throw new Error(`There is no ${root}; give folders or test files.`)
  return [...new Set(roots.flatMap(below))].sort()
}
