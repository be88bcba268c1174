import { writeFileSync } from 'node:fs'
import { referenceFiles } from './reference-files.js'

for (const { file, text } of referenceFiles()) writeFileSync(file, text)
