import { policySchema } from '../src/policy/index.js'
import { policyPage } from './policy-page.js'

const folder = new URL('../../../docs/reference/', import.meta.url)

/** The pages that are written from the codecs: where they are, and what they should say. */
export const referenceFiles = (): readonly { readonly file: URL; readonly text: string }[] => [
  { file: new URL('policy.schema.json', folder), text: `${JSON.stringify(policySchema(), null, 2)}\n` },
  { file: new URL('policy.md', folder), text: policyPage(policySchema()) },
]
