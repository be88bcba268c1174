import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { connect, createServer, type Socket } from 'node:net'
import { memoryStore, START, systemClock } from '@ramal/core'
import { startRamal } from 'ramal'
import { asterisk } from '../src/index.js'

const OURS = '551140028922'
const ARI = 18_088
const PROXY = 18_089
const PORTS: Readonly<Record<string, number>> = { bia: 15_070, caio: 15_071 }

const POLICY = {
  name: 'phones',
  classification: [{ queue: 'care' }],
  queues: { care: { offerExpiresAfter: 6_000 } },
  channels: { phone: { wrapUp: 300 } },
}

export const until = async (
  what: string,
  isSo: () => boolean | Promise<boolean>,
  patience = 15_000,
): Promise<void> => {
  for (const over = Date.now() + patience; !(await isSo()); ) {
    if (Date.now() > over) throw new Error(`It did not come to be: ${what}.`)
    await systemClock.sleep(50)
  }
}

/** Between the adapter and Asterisk, so that a connection can be cut. */
export const startProxy = async () => {
  const open = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(ARI, '127.0.0.1')
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        open.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far).pipe(near)
  })
  const listen = () => new Promise<void>((resolve) => server.listen(PROXY, '127.0.0.1', resolve))
  await listen()
  return {
    /** Nothing goes through for a while. */
    async cut(during: () => Promise<void>) {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of open) socket.destroy()
      await closed
      await during()
      await listen()
    },
    close() {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}

export const startAsterisk = async (root: string): Promise<ChildProcess> => {
  execFileSync('ip', ['link', 'set', 'lo', 'up'])
  execFileSync('mount', ['-t', 'proc', 'proc', `${root}/proc`])
  const server = spawn('chroot', [root, 'asterisk', '-f', '-n'], { stdio: 'ignore' })
  await until(
    'Asterisk has booted',
    () =>
      spawnSync('chroot', [root, 'asterisk', '-rx', 'core waitfullybooted'], {
        encoding: 'utf8',
      }).stdout.includes('fully booted'),
    30_000,
  )
  return server
}

/** Nothing of one scenario rings on in the next. */
export const hangUpAll = async (root: string): Promise<void> => {
  const cli = (command: string) =>
    spawnSync('chroot', [root, 'asterisk', '-rx', command], { encoding: 'utf8' }).stdout
  cli('channel request hangup all')
  await until('nobody talks', () => /^0 active channels/m.test(cli('core show channels count')))
  // And nobody says goodbye a second time.
  await systemClock.sleep(600)
}

export interface Phones {
  /** A customer calls, by that scenario. Resolves with whether it went as the scenario says. */
  customer(scenario: string): Promise<boolean>
  agent(agent: string, scenario: string): Promise<boolean>
  close(): void
}

/** Real SIP telephones, each for one call. */
export const phonesOf = (root: string): Phones => {
  const running = new Set<ChildProcess>()
  let port = 15_100
  const nextPort = () => {
    port += 10
    return port
  }
  const sipp = (scenario: string, at: number, more: readonly string[]) =>
    new Promise<boolean>((resolve) => {
      const media = String(nextPort() + 5_000)
      const common = [
        '-i',
        '127.0.0.1',
        '-p',
        String(at),
        '-m',
        '1',
        '-mp',
        media,
        '-nostdin',
        '-timeout',
        '40s',
      ]
      const child = spawn('chroot', [root, 'sipp', '-sf', `/scenarios/${scenario}.xml`, ...common, ...more], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      running.add(child)
      let said = ''
      child.stderr?.on('data', (data) => {
        said = `${said}${data}`.slice(-2_000)
      })
      child.on('close', (code, killed) => {
        running.delete(child)
        if (code !== 0 && killed === null) console.log(`      ${scenario} ended with ${code}: ${said}`)
        resolve(code === 0)
      })
    })
  return {
    customer: (scenario) => sipp(scenario, nextPort(), ['-s', OURS, '127.0.0.1:15060']),
    agent: (agent, scenario) => sipp(scenario, PORTS[agent] ?? 0, []),
    close() {
      for (const child of running) child.kill('SIGKILL')
    },
  }
}

export const openEngine = async (onTrouble: (error: unknown) => void) => {
  const store = memoryStore()
  const ramal = await startRamal({
    store,
    policy: POLICY,
    patience: 0,
    onTrouble,
    channels: [
      asterisk({
        origin: `http://127.0.0.1:${PROXY}`,
        user: 'cc',
        password: 'ccpass',
        app: 'cc',
        numbers: [{ id: OURS }],
        transferContext: 'agents',
        // Whom we call has the other telephone.
        trunk: () => 'PJSIP/agent2',
        record: true,
        longestPause: 500,
        onTrouble,
      }),
    ],
    calls: {
      addressOf: (agent) => (agent === 'bia' ? 'PJSIP/agent1' : 'PJSIP/agent2'),
      customerRingFor: 3_000,
    },
  })
  const dial = () =>
    ramal.dial({
      ...{ agent: 'bia', endpoint: OURS },
      to: { identifier: { kind: 'e164', value: '+5511987654321' } },
    })
  const sign = (agent: string) =>
    ramal.signIn(agent, { kind: 'human', skills: {}, capacity: { total: 1 }, queues: ['care'] })
  /** The types of what is in the log, of conversations and of agents. */
  const facts = async () => {
    const types: string[] = []
    for await (const { events } of store.readAll({ after: START }))
      for (const { type, stream } of events) if (/^(conversation|agent)-/.test(stream)) types.push(type)
    return types
  }
  const dataOf = async (type: string): Promise<Readonly<Record<string, unknown>> | undefined> => {
    let found: unknown
    for await (const { events } of store.readAll({ after: START }))
      for (const event of events) if (event.type === type) found = event.data
    return found as Readonly<Record<string, unknown>> | undefined
  }
  return { ramal, sign, dial, facts, dataOf, has: async (type: string) => (await facts()).includes(type) }
}
