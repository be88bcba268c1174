export type { PreviewAgent, PreviewFacts } from './dry-run.js'
export { type PreviewOptions, type PreviewStep, previewSteps } from './preview.js'
export { previewInWords } from './words.js'
