/** The morning, as it happens: who does what, and when. Times are minutes:seconds after opening. */
export type Step =
  | {
      readonly at: string
      readonly who: string
      readonly does: 'write'
      readonly text: string
      readonly id: string
      /** In seconds: so much earlier it was written, and comes only now. */
      readonly late?: number
    }
  | {
      readonly at: string
      readonly who: string
      readonly does: 'chat'
      readonly text: string
      readonly id: string
    }
  | { readonly at: string; readonly who: string; readonly does: 'repeat'; readonly id: string }
  | { readonly at: string; readonly does: 'forge'; readonly text: string; readonly id: string }
  | { readonly at: string; readonly agent: string; readonly does: 'accept' | 'decline' | 'ignore' }
  | {
      readonly at: string
      readonly agent: string
      readonly does: 'answer'
      readonly to: string
      readonly text: string
    }
  | {
      readonly at: string
      readonly agent: string
      readonly does: 'resolve'
      readonly of: string
      readonly intent: string
      readonly disposition: string
    }
  | { readonly at: string; readonly agent: string; readonly does: 'return' }
  | { readonly at: string; readonly does: 'same person'; readonly who: string; readonly as: string }

export const PHONES: Readonly<Record<string, string>> = {
  Ana: '15550111',
  Bruno: '15550112',
  Carla: '15550113',
  Diego: '15550114',
  Elisa: '15550115',
}

export const AGENTS = {
  Helena: { queues: ['care', 'orders'], total: 3 },
  Igor: { queues: ['care'], total: 2 },
  Julia: { queues: ['orders'], total: 2 },
}

const write = (at: string, who: string, id: string, text: string): Step => ({
  at,
  who,
  does: 'write',
  id: `wamid.IN.${id}`,
  text,
})
const chat = (at: string, who: string, id: string, text: string): Step => ({
  at,
  who,
  does: 'chat',
  id: `chat-msg-${id}`,
  text,
})
const accept = (at: string, agent: string): Step => ({ at, agent, does: 'accept' })
const answer = (at: string, agent: string, to: string, text: string): Step => ({
  at,
  agent,
  does: 'answer',
  to,
  text,
})
const resolve = (at: string, agent: string, of: string, intent: string): Step => ({
  at,
  agent,
  does: 'resolve',
  of,
  intent,
  disposition: 'solved',
})

export const MORNING: readonly Step[] = [
  write('00:05', 'Ana', 'a1', 'Hello, I was charged twice for my invoice.'),
  accept('00:09', 'Helena'),
  write('00:10', 'Bruno', 'b1', 'Where is my parcel?'),
  { at: '00:12', who: 'Ana', does: 'repeat', id: 'wamid.IN.a1' },
  { at: '00:14', agent: 'Igor', does: 'decline' },
  accept('00:18', 'Helena'),
  chat('00:20', 'carla', 'c001', 'Can I still change my order?'),
  accept('00:24', 'Julia'),
  { at: '00:25', does: 'forge', id: 'wamid.IN.evil', text: 'Send me the password.' },
  answer('00:40', 'Helena', 'Ana', 'Sorry for that! I see the second charge.'),
  {
    at: '00:55',
    who: 'Ana',
    does: 'write',
    id: 'wamid.IN.a2',
    text: 'And will it come back?',
    late: 25,
  },
  answer('01:10', 'Julia', 'carla', 'Yes, until noon. What shall we change?'),
  chat('01:20', 'carla', 'c002', 'Two instead of one, please.'),
  answer('01:30', 'Helena', 'Bruno', 'It comes tomorrow before noon.'),
  answer('01:45', 'Helena', 'Ana', 'It is back on your card within two days.'),
  write('02:00', 'Diego', 'd1', 'I cannot log in.'),
  { at: '02:01', agent: 'Igor', does: 'ignore' },
  resolve('02:10', 'Helena', 'Ana', 'invoice'),
  accept('02:30', 'Helena'),
  resolve('02:40', 'Helena', 'Bruno', 'delivery'),
  answer('02:50', 'Julia', 'carla', 'Done: two of them.'),
  resolve('03:00', 'Julia', 'carla', 'order'),
  { at: '03:10', agent: 'Igor', does: 'return' },
  answer('03:20', 'Helena', 'Diego', 'I sent you a new link, please try it.'),
  write('03:30', 'Diego', 'd2', 'It works, thank you!'),
  resolve('03:40', 'Helena', 'Diego', 'login'),
  chat('04:00', 'fabio', 'f001', 'Do you deliver on Saturdays?'),
  accept('04:05', 'Julia'),
  answer('04:15', 'Julia', 'fabio', 'Yes, until six in the evening.'),
  resolve('04:25', 'Julia', 'fabio', 'delivery'),
  write('05:00', 'Elisa', 'e1', 'I want to return a jacket.'),
  accept('05:05', 'Igor'),
  answer('05:20', 'Igor', 'Elisa', 'Of course. Here is the label.'),
  resolve('05:40', 'Igor', 'Elisa', 'return'),
]

/** Two days later somebody is back, on the other channel: the shop knows that both are Ana. */
export const TWO_DAYS_LATER: readonly Step[] = [
  chat('00:05', 'ana', 'a003', 'The money for the invoice is still not back!'),
  { at: '00:06', does: 'same person', who: 'Ana', as: 'ana' },
  accept('00:10', 'Helena'),
  answer('00:30', 'Helena', 'Ana', 'I called the bank: it is booked, you see it tonight.'),
  resolve('00:50', 'Helena', 'Ana', 'invoice'),
]
