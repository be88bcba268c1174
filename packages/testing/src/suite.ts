import { suite as uvuSuite } from 'uvu'

export interface TestOptions {
  /** After so many ms a test that has not ended fails. Default 10,000. */
  readonly timeout?: number
}

type Body = () => void | Promise<void>

export interface Suite {
  (name: string, body: Body, options?: TestOptions): void
  skip(name: string, body: Body, options?: TestOptions): void
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

/** A suite of uvu in which a test that hangs fails. */
export const suite = (title: string): Suite => {
  const inner = uvuSuite(title)
  return Object.assign(
    (name: string, body: Body, options?: TestOptions) => inner(name, bounded(name, body, options)),
    {
      skip: (name: string, body: Body, options?: TestOptions) => {
        console.log(`SKIPPED ${title}: ${name}`)
        inner.skip(name, bounded(name, body, options))
      },
      only: (name: string, body: Body, options?: TestOptions) =>
        inner.only(name, bounded(name, body, options)),
      before: inner.before,
      after: inner.after,
      run: inner.run,
    },
  )
}
