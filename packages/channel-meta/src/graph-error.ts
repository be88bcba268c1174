import {
  type FaultClass,
  faultOfStatus,
  type HttpAnswer,
  isObject,
  numeric,
  present,
  retryAfterOf,
  type SendFault,
  shape,
} from '@ramal/channel'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

/** What the Graph API answers when it refuses. Titles change and will go; build on the numbers. */
export interface GraphError {
  readonly code: number
  readonly subcode?: number
  readonly message?: string
  readonly details?: string
  readonly transient?: boolean
}

const graphError = shape(
  { code: numeric },
  {
    error_subcode: numeric,
    title: t.string,
    message: t.string,
    details: t.string,
    error_data: shape({}, { details: t.string }),
    is_transient: t.boolean,
  },
)

/** Reads an error as answers and webhooks carry it, in the older layout and in the newer one. */
export const graphErrorOf = (u: unknown): GraphError | undefined => {
  const read = graphError.decode(u)
  if (E.isLeft(read)) return undefined
  const { code, error_subcode, title, message, details, error_data, is_transient } = read.right
  return {
    code,
    ...present({
      subcode: error_subcode,
      message: message ?? title,
      details: error_data?.details ?? details,
      transient: is_transient,
    }),
  }
}

/** One line: what, where, and the code to look it up. */
export const reasonOf = ({ code, subcode, message, details }: GraphError): string => {
  const what = [message, details !== message ? details : undefined].filter(Boolean).join(': ')
  return `${what || 'The provider refused'} (${subcode === undefined ? code : `${code}/${subcode}`})`
}

export type Classify = (error: GraphError) => FaultClass | undefined

/** What an answer that is no success means. */
export const faultOfAnswer = (answer: HttpAnswer, classify: Classify, now: number): SendFault => {
  const error = errorIn(answer.text)
  const plain = faultOfStatus(answer, now)
  if (!error) return plain
  const retryAfter = retryAfterOf(answer.headers, now)
  return {
    class: error.transient ? 'retry' : (classify(error) ?? plain.class),
    reason: reasonOf(error),
    code: error.subcode === undefined ? String(error.code) : `${error.code}/${error.subcode}`,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  }
}

const errorIn = (text: string): GraphError | undefined => {
  try {
    const body: unknown = JSON.parse(text)
    return isObject(body) ? graphErrorOf(body.error) : undefined
  } catch {
    return undefined
  }
}
