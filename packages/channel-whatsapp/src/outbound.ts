import { asButtons, fitsMenu, type OutboundMessage, present, takesType } from '@ramal/channel'
import type { Content } from '@ramal/conversation'
import type { Identifier } from '@ramal/customer'
import * as E from 'fp-ts/lib/Either.js'
import { capabilities } from './capabilities.js'

type Json = Readonly<Record<string, unknown>>

const isAddress = (reference: string): boolean => /^https?:\/\//i.test(reference)

/** Whom to write to, in the field that takes this kind of id; undefined for an id of another channel. */
export const addressOf = (
  to: Identifier,
  userIdField: 'recipient' | 'to' = 'recipient',
): Json | undefined => {
  switch (to.kind) {
    case 'wa_id':
    case 'e164':
      return { to: to.value.replace(/^\+/, '') }
    case 'bsuid':
    case 'parent_bsuid':
      return { [userIdField]: to.value }
    default:
      return undefined
  }
}

const mediaOf = (content: Extract<Content, { kind: 'media' }>): E.Either<string, Json> => {
  const { media, reference, caption, filename, voice } = content
  if (!reference) return E.left(`The ${media} has no reference: upload it first, or give its address.`)
  const limit = capabilities.media?.[media]
  if (limit && !takesType(content, limit))
    return E.left(`WhatsApp takes no ${content.mimeType} as ${media}: only ${limit.mimeTypes?.join(', ')}.`)
  if (caption && limit?.caption === false)
    return E.left(`The ${media} has no caption here: send the text before or after it.`)
  return E.right({
    type: media,
    [media]: {
      ...(isAddress(reference) ? { link: reference } : { id: reference }),
      ...present({
        caption,
        filename: media === 'document' ? filename : undefined,
        voice: media === 'audio' && voice ? true : undefined,
      }),
    },
  })
}

const menuOf = (content: Extract<Content, { kind: 'menu' }>): E.Either<string, Json> => {
  const { text, options, button = 'Options', header, footer } = content
  if (!fitsMenu(content, capabilities))
    return E.left(`A menu of ${options.length} options, or one of its titles, is too long for WhatsApp.`)
  const around = {
    body: { text },
    ...(header ? { header: { type: 'text', text: header } } : {}),
    ...(footer ? { footer: { text: footer } } : {}),
  }
  const interactive = asButtons(content, capabilities)
    ? {
        type: 'button',
        ...around,
        action: { buttons: options.map(({ id, title }) => ({ type: 'reply', reply: { id, title } })) },
      }
    : {
        type: 'list',
        ...around,
        action: {
          button: button.slice(0, capabilities.menu?.maxTitle),
          sections: [
            {
              rows: options.map(({ id, title, description }) => ({ id, title, ...present({ description }) })),
            },
          ],
        },
      }
  return E.right({ type: 'interactive', interactive })
}

const contactsOf = ({ contacts }: Extract<Content, { kind: 'contacts' }>): Json => ({
  type: 'contacts',
  contacts: contacts.map(({ name, organisation, phones, emails }) => {
    const shown = name ?? organisation ?? phones[0] ?? emails[0] ?? ''
    return {
      name: { formatted_name: shown, first_name: shown },
      phones: phones.map((phone) => ({ phone })),
      emails: emails.map((email) => ({ email })),
      ...(organisation ? { org: { company: organisation } } : {}),
    }
  }),
})

const templateOf = ({
  name,
  language,
  parameters,
  components,
}: Extract<Content, { kind: 'template' }>): Json => {
  const body =
    parameters.length > 0
      ? [{ type: 'body', parameters: parameters.map((text) => ({ type: 'text', text })) }]
      : []
  return {
    type: 'template',
    template: { name, language: { code: language }, components: components ?? body },
  }
}

/** The part of a send that says what is said; Left says why it cannot be said on WhatsApp. */
export const contentOf = (content: Content): E.Either<string, Json> => {
  switch (content.kind) {
    case 'text':
      if (content.text.length === 0) return E.left('The text is empty.')
      if (content.text.length > capabilities.maxText)
        return E.left(
          `The text has ${content.text.length} characters, WhatsApp takes ${capabilities.maxText}.`,
        )
      return E.right({ type: 'text', text: { body: content.text } })
    case 'media':
      return mediaOf(content)
    case 'location': {
      const { latitude, longitude, name, address } = content
      return E.right({ type: 'location', location: { latitude, longitude, ...present({ name, address }) } })
    }
    case 'contacts':
      return E.right(contactsOf(content))
    case 'menu':
      return menuOf(content)
    case 'template':
      return E.right(templateOf(content))
    default:
      return E.left(`A content "${content.kind}" is not for sending.`)
  }
}

/** The body of a send, with our id of the message in it: WhatsApp repeats that in every status. */
export const bodyOf = (
  message: OutboundMessage,
  userIdField?: 'recipient' | 'to',
): E.Either<{ readonly at: 'recipient' | 'content'; readonly reason: string }, Json> => {
  const address = addressOf(message.to, userIdField)
  if (!address)
    return E.left({ at: 'recipient', reason: `WhatsApp does not know an id "${message.to.kind}".` })
  const content = contentOf(message.content)
  if (E.isLeft(content)) return E.left({ at: 'content', reason: content.left })
  return E.right({
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...address,
    ...(message.replyTo ? { context: { message_id: message.replyTo } } : {}),
    biz_opaque_callback_data: message.message,
    ...content.right,
  })
}
