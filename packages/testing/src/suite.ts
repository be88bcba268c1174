import { suite as uvuSuite } from 'uvu'

export interface TestOptions {
  /** After so many ms a test that has not ended fails. Default 10,000. */
  readonly timeout?: number
}

type Body = () => void | Promise<void>

export interface Suite {
  (name: string, body: Body, options?: TestOptions): void
  /** Not run, but named and counted. */
  skip(name: string, body: Body, options?: TestOptions): void
  /** Only these tests run. For a moment, at a desk: throws where `CI` is set. */
  only(name: string, body: Body, options?: TestOptions): void
  readonly before: (hook: Body) => void
  readonly after: (hook: Body) => void
  /** Must be called, once, after the last test. */
  run(): void
}

const bounded =
  (name: string, body: Body, { timeout = 10_000 }: TestOptions = {}) =>
  async (): Promise<void> => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`"${name}" did not end within ${timeout} ms.`)), timeout)
    })
    try {
      await Promise.race([body(), late])
    } finally {
      clearTimeout(timer)
    }
  }

/** A suite of uvu in which a test that hangs fails, and which says so when its tests were never run. */
export const suite = (title: string): Suite => {
  const inner = uvuSuite(title)
  let started = false
  process.once('exit', () => {
    if (started) return
    console.error(`The suite "${title}" was not run: call its run() after the last test.`)
    process.exitCode = 1
  })
  return Object.assign(
    (name: string, body: Body, options?: TestOptions) => inner(name, bounded(name, body, options)),
    {
      skip: (name: string, body: Body, options?: TestOptions) => {
        console.log(`SKIPPED ${title}: ${name}`)
        inner.skip(name, bounded(name, body, options))
      },
      only: (name: string, body: Body, options?: TestOptions) => {
        if (process.env.CI)
          throw new Error(`${title}: only("${name}") was left in; it hides the other tests.`)
        inner.only(name, bounded(name, body, options))
      },
      before: inner.before,
      after: inner.after,
      run: () => {
        started = true
        inner.run()
      },
    },
  )
}
