import type { LogFilter } from '../store.js'
import type { Check } from './check.js'
import { ensureSame } from './expect.js'
import { checkOf, type Fixture, idsOf } from './fixture.js'

/** Names where one is the beginning of another, or means something to a pattern language. */
const NAMES = ['A', 'AB', 'A.', 'A_', 'A%', 'a', 'A*', '(A']

const mixed = async (f: Fixture): Promise<void> => {
  for (const category of NAMES)
    await f.accept(f.stream('x', category), 'empty', ...NAMES.map((t) => f.event({}, { type: f.type(t) })))
}

const ensureFiltered = async (f: Fixture, filter: LogFilter): Promise<void> => {
  const wanted = (await f.readOwn()).filter(
    (e) =>
      (!filter.types || filter.types.includes(e.type)) &&
      (!filter.categories || filter.categories.includes(e.stream.slice(0, e.stream.indexOf('-')))),
  )
  const found = await f.readOwn(filter)
  ensureSame(idsOf(found), idsOf(wanted), `The events of ${JSON.stringify(filter)}`)
}

/** Reads that want a part of the log. */
export const filters: readonly Check[] = [
  checkOf('a type filter gives these types and no others', async (f) => {
    await mixed(f)
    for (const name of NAMES) await ensureFiltered(f, { types: [f.type(name)] })
    await ensureFiltered(f, { types: [f.type('A'), f.type('A%')] })
    await ensureFiltered(f, { types: [f.type('none')] })
  }),

  checkOf('a category filter gives these categories and no others', async (f) => {
    await mixed(f)
    for (const name of NAMES) await ensureFiltered(f, { categories: [f.category(name)] })
    await ensureFiltered(f, { categories: [f.category('A'), f.category('AB'), f.category('none')] })
    await ensureFiltered(f, { categories: [f.category()] })
  }),

  checkOf('types and categories together: both must fit', async (f) => {
    await mixed(f)
    await ensureFiltered(f, {
      types: [f.type('AB'), f.type('a')],
      categories: [f.category('A_'), f.category('A')],
    })
  }),

  checkOf('an empty list wants nothing', async (f) => {
    await f.accept(f.stream(), 'empty', f.event())
    await ensureFiltered(f, { types: [] })
    await ensureFiltered(f, { categories: [] })
  }),

  checkOf('a category ends at the first dash', async (f) => {
    await f.accept(f.stream('one-two-three'), 'empty', f.event())
    await f.accept(f.stream('-', 'two'), 'empty', f.event())
    await ensureFiltered(f, { categories: [f.category()] })
    await ensureFiltered(f, { categories: [f.category('two')] })
    await ensureFiltered(f, { categories: [`${f.category()}-one`] })
  }),
]
