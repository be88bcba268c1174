/** How this centre works, as data: it could as well be a JSON file. */
export const policy = {
  name: 'first day',
  classification: [
    { name: 'chat is for orders', when: { channel: 'webchat' }, queue: 'orders', priority: 60 },
    { name: 'everything else', queue: 'care' },
  ],
  queues: {
    orders: { offerExpiresAfter: 20_000, declineRetryAfter: 60_000 },
    care: { offerExpiresAfter: 20_000, declineRetryAfter: 60_000 },
  },
  channels: {
    whatsapp: { cost: 1, wrapUp: 15_000 },
    webchat: { cost: 2, wrapUp: 15_000 },
  },
  slope: 1,
  reopenWithin: 24 * 3_600_000,
}
