import { spawnSync } from 'node:child_process'
import { systemClock } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import {
  hangUpAll,
  openEngine,
  type Phones,
  phonesOf,
  startAsterisk,
  startProxy,
  until,
} from './e2e-stage.js'

interface Stage {
  readonly engine: Awaited<ReturnType<typeof openEngine>>
  readonly phones: Phones
  readonly proxy: Awaited<ReturnType<typeof startProxy>>
}

const inOrder = (found: readonly string[], wanted: readonly string[]): void => {
  const kept = found.filter((type) => wanted.includes(type))
  assert.equal(kept, wanted)
}

const scenarios: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  async 'a customer waits, is answered, held, resumed, and hangs up'({ engine, phones }) {
    const customer = phones.customer('uac_talk')
    await until('the call is offered', () => engine.has('TicketClassified'))
    const agent = phones.agent('bia', 'uas_hold')
    await engine.sign('bia')
    await until('it is over', () => engine.has('ConversationResolved'), 25_000)
    assert.equal([await customer, await agent], [true, true], 'both telephones')
    inOrder(await engine.facts(), [
      'CallOffered',
      'CallRang',
      'OfferAccepted',
      'CallAnswered',
      'CallHeld',
      'CallResumed',
      'CallEnded',
      'ConversationResolved',
    ])
    const ended = await engine.dataOf('CallEnded')
    assert.is(ended?.by, 'customer')
    assert.ok(Number(ended?.duration) > 2_000, JSON.stringify(ended))
    await until('the recording is known', () => engine.has('CallRecorded'))
  },

  async 'a customer gives up while waiting'({ engine, phones }) {
    assert.ok(await phones.customer('uac_abandon'))
    await until('they have abandoned', () => engine.has('ConversationAbandoned'))
    const { waited } = (await engine.dataOf('ConversationAbandoned')) ?? {}
    assert.ok(Number(waited) > 1_000 && Number(waited) < 10_000, String(waited))
  },

  async 'nobody answers: the offer lapses and the next agent is rung, who talks and hangs up'({
    engine,
    phones,
  }) {
    void phones.agent('bia', 'uas_noanswer')
    const caio = phones.agent('caio', 'uas_hangup')
    await engine.sign('bia')
    const customer = phones.customer('uac_wait_remote_bye')
    await until('it rings', () => engine.has('CallRang'))
    await engine.sign('caio')
    await until('the call is over', () => engine.has('CallEnded'), 25_000)
    assert.equal([await customer, await caio], [true, true], 'both telephones')
    inOrder(await engine.facts(), [
      'OfferExpired',
      'AgentStoppedResponding',
      'OfferAccepted',
      'CallAnswered',
      'CallEnded',
    ])
    assert.is((await engine.dataOf('CallEnded'))?.by, 'agent')
    assert.is(engine.ramal.router.state.agents.get('bia')?.presence, 'notResponding')
  },

  async 'a busy phone declines, and another agent is rung'({ engine, phones }) {
    const bia = phones.agent('bia', 'uas_busy')
    const caio = phones.agent('caio', 'uas_hangup')
    await engine.sign('bia')
    const customer = phones.customer('uac_wait_remote_bye')
    await until('it was declined', () => engine.has('OfferDeclined'))
    await engine.sign('caio')
    await until('the call is over', () => engine.has('CallEnded'), 25_000)
    assert.equal([await customer, await bia, await caio], [true, true, true], 'all telephones')
    assert.is((await engine.dataOf('CallMissed'))?.cause, 'busy')
  },

  async 'an agent passes the customer on by their telephone'({ engine, phones }) {
    const bia = phones.agent('bia', 'uas_refer')
    await engine.sign('bia')
    const customer = phones.customer('uac_wait_remote_bye')
    await until('it is transferred', () => engine.has('TicketTransferred'), 25_000)
    assert.equal((await engine.dataOf('TicketTransferred'))?.to, { kind: 'outside', address: '2002' })
    assert.equal([await customer, await bia], [true, true], 'both telephones')
    assert.not.ok((await engine.facts()).includes('ConversationAbandoned'))
  },

  async 'we hold, resume, and pass the customer on'({ engine, phones }) {
    const bia = phones.agent('bia', 'uas_stays')
    await engine.sign('bia')
    const customer = phones.customer('uac_wait_remote_bye')
    await until('they talk', () => engine.has('CallAnswered'))
    const { tickets } = await firstValueFrom(engine.ramal.inbox('bia'))
    const { conversation } = tickets[0] ?? { conversation: '' }
    await systemClock.sleep(300)
    for (const action of [
      { kind: 'hold' },
      { kind: 'resume' },
      { kind: 'transfer', address: '2002' },
    ] as const) {
      const done = await engine.ramal.call(conversation, 'bia', action)
      assert.ok(E.isRight(done), `${action.kind}: ${JSON.stringify(done)}`)
      await systemClock.sleep(300)
    }
    await until('the call is over', () => engine.has('CallEnded'))
    assert.equal([await customer, await bia], [true, true], 'both telephones')
    inOrder(await engine.facts(), ['CallHeld', 'CallResumed', 'TicketTransferred', 'CallEnded'])
  },

  async 'a ticket is transferred: the customer is taken from one telephone and rings the next'({
    engine,
    phones,
  }) {
    const bia = phones.agent('bia', 'uas_stays')
    const caio = phones.agent('caio', 'uas_hangup')
    await engine.sign('bia')
    const customer = phones.customer('uac_wait_remote_bye')
    await until('they talk', () => engine.has('CallAnswered'))
    const { tickets } = await firstValueFrom(engine.ramal.inbox('bia'))
    const { conversation } = tickets[0] ?? { conversation: '' }
    await engine.ramal.agent('bia', { type: 'becomeUnavailable', reason: 'lunch' })
    await engine.sign('caio')
    const to = { kind: 'queue', queue: 'care' } as const
    const by = { kind: 'human', id: 'bia' } as const
    await engine.ramal.conversation(conversation, { type: 'transfer', to, mode: 'cold', by })
    await until('the call is over', () => engine.has('CallEnded'), 25_000)
    assert.equal([await customer, await bia, await caio], [true, true, true], 'all telephones')
    inOrder(await engine.facts(), ['TicketTransferred', 'CallReleased', 'CallEnded'])
    assert.is((await engine.facts()).filter((type) => type === 'CallAnswered').length, 2)
  },

  async 'an agent asks somebody while the customer waits, and passes the customer on'({ engine, phones }) {
    const bia = phones.agent('bia', 'uas_stays')
    const caio = phones.agent('caio', 'uas_hangup')
    await engine.sign('bia')
    const customer = phones.customer('uac_wait_remote_bye')
    await until('they talk', () => engine.has('CallAnswered'))
    const { tickets } = await firstValueFrom(engine.ramal.inbox('bia'))
    const { conversation } = tickets[0] ?? { conversation: '' }
    await systemClock.sleep(300)
    const asked = { kind: 'consult', address: 'PJSIP/agent2', timeout: 5_000 } as const
    assert.ok(E.isRight(await engine.ramal.call(conversation, 'bia', asked)))
    const complete = { kind: 'complete', address: 'PJSIP/agent2' } as const
    await until('they have answered, and the customer is passed on', async () =>
      E.isRight(await engine.ramal.call(conversation, 'bia', complete)),
    )
    await until('the call is over', () => engine.has('CallEnded'))
    assert.equal([await customer, await bia, await caio], [true, true, true], 'all telephones')
    inOrder(await engine.facts(), ['CallHeld', 'TicketTransferred', 'CallEnded'])
    assert.is((await engine.dataOf('TicketTransferred'))?.mode, 'warm')
  },

  async 'an agent calls a customer, who answers, talks and hangs up'({ engine, phones }) {
    const bia = phones.agent('bia', 'uas_stays')
    const customer = phones.agent('caio', 'uas_hangup')
    await engine.sign('bia')
    assert.ok(E.isRight(await engine.dial()))
    await until('they talk', () => engine.has('CallAnswered'))
    await until('the call is over', () => engine.has('CallEnded'), 25_000)
    assert.equal([await customer, await bia], [true, true], 'both telephones')
    inOrder(await engine.facts(), ['CallPlaced', 'TicketPicked', 'CallRang', 'CallAnswered', 'CallEnded'])
    const ended = await engine.dataOf('CallEnded')
    assert.equal([ended?.outcome, ended?.by], ['answered', 'customer'])
    assert.ok(Number(ended?.duration) > 500, JSON.stringify(ended))
    await until('the recording is known', () => engine.has('CallRecorded'))
    await until('it is resolved', () => engine.has('ConversationResolved'))
    assert.not.ok((await engine.facts()).includes('CallOffered'))
  },

  async 'an agent calls a customer, who is busy'({ engine, phones }) {
    const bia = phones.agent('bia', 'uas_stays')
    const customer = phones.agent('caio', 'uas_busy')
    await engine.sign('bia')
    assert.ok(E.isRight(await engine.dial()))
    await until('the call is over', () => engine.has('CallEnded'))
    assert.equal([await customer, await bia], [true, true], 'both telephones')
    assert.is((await engine.dataOf('CallEnded'))?.outcome, 'busy')
  },

  async 'an agent calls a customer, who does not answer'({ engine, phones }) {
    const bia = phones.agent('bia', 'uas_stays')
    void phones.agent('caio', 'uas_noanswer')
    await engine.sign('bia')
    assert.ok(E.isRight(await engine.dial()))
    await until('the call is over', () => engine.has('CallEnded'))
    assert.ok(await bia)
    assert.is((await engine.dataOf('CallEnded'))?.outcome, 'noAnswer')
    assert.not.ok((await engine.facts()).includes('ConversationAbandoned'))
  },

  async 'a customer who gives up while the connection is lost is found out'({ engine, phones, proxy }) {
    const customer = phones.customer('uac_abandon')
    await until('the call is offered', () => engine.has('CallOffered'))
    await proxy.cut(async () => {
      assert.ok(await customer)
      await systemClock.sleep(500)
      assert.not.ok(await engine.has('CallEnded'))
    })
    await until('they have abandoned', () => engine.has('ConversationAbandoned'))
  },

  async 'a customer who waits while the connection is lost waits on, and is answered'({
    engine,
    phones,
    proxy,
  }) {
    const customer = phones.customer('uac_wait_remote_bye')
    await until('the call is offered', () => engine.has('CallOffered'))
    await proxy.cut(() => systemClock.sleep(500))
    const bia = phones.agent('bia', 'uas_hangup')
    await engine.sign('bia')
    await until('the call is over', () => engine.has('CallEnded'), 25_000)
    assert.equal([await customer, await bia], [true, true], 'both telephones')
    assert.is((await engine.facts()).filter((type) => type === 'CallOffered').length, 1)
  },
}

/** Within a network namespace of its own. Resolves with the status to end with. */
export const runInside = async (root: string, only = ''): Promise<number> => {
  const began = Date.now()
  const chosen = Object.entries(scenarios).filter(([name]) => name.includes(only))
  const server = await startAsterisk(root)
  let failed = 0
  try {
    for (const [name, scenario] of chosen) {
      const trouble: unknown[] = []
      const proxy = await startProxy()
      const phones = phonesOf(root)
      const engine = await openEngine((error) => trouble.push(error))
      const at = Date.now()
      try {
        await systemClock.sleep(300)
        await scenario({ engine, phones, proxy })
        console.log(`ok    ${name} (${((Date.now() - at) / 1000).toFixed(1)} s)`)
      } catch (error) {
        failed++
        console.log(`FAIL  ${name}\n${error instanceof Error ? error.stack : String(error)}`)
        console.log(`      log: ${(await engine.facts()).join(' ')}`)
        for (const one of trouble) console.log(`      trouble: ${String(one)}`)
      } finally {
        await hangUpAll(root).catch((error) => console.log(String(error)))
        phones.close()
        await engine.ramal.stop()
        proxy.close()
      }
    }
  } finally {
    spawnSync('chroot', [root, 'asterisk', '-rx', 'core stop now'])
    server.kill('SIGKILL')
    spawnSync('umount', [`${root}/proc`])
  }
  const total = chosen.length
  console.log(
    `${total - failed} of ${total} calls went as they should, in ${Math.round((Date.now() - began) / 1000)} s`,
  )
  return failed === 0 ? 0 : 1
}
