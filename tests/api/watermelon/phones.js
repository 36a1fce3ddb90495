// Phones for the tests: one command a line on standard input, one answer a line on standard output.
'use strict'

const readline = require('node:readline')
const { logger } = require('@nozbe/watermelondb/utils/common')
const { default: LokiJSAdapter } = require('@nozbe/watermelondb/adapters/lokijs')
const { default: diagnose } = require('@nozbe/watermelondb/diagnostics/diagnoseSyncConsistency')
const { LokiMemoryAdapter } = require('lokijs')
const { Osteon, hasUnsyncedChanges, log, migrations, open, schema, sync, unread } = require('./osteon.js')

logger.silence()
const phones = new Map()

class Phone {
  constructor(url) {
    this.network = 'good'
    this.osteon = new Osteon(url, { fetch: (...request) => this.request(...request) })
    const adapter = new LokiJSAdapter({
      schema,
      migrations,
      useWebWorker: false,
      useIncrementalIndexedDB: false,
      extraLokiOptions: { autosave: false },
      _testLokiAdapter: new LokiMemoryAdapter(),
    })
    this.database = open(adapter)
    this.told = []
  }

  // The server has answered, and so committed, when `fetch` resolves: then the line breaks.
  async request(url, options) {
    if (options.method === 'POST' && this.held) await this.hold()
    const line = new AbortController()
    const response = await fetch(url, { ...options, signal: line.signal })
    if (this.network === 'loses replies' && options.method === 'POST') {
      line.abort()
      throw new TypeError('the line broke')
    }
    return response
  }

  hold() {
    const { pulled, released } = this.held
    pulled()
    return released
  }

  find(table, id) {
    return this.database.get(table).find(id)
  }
}

const commands = {
  start: async (_, { name, url }) => void phones.set(name, new Phone(url)),
  signUp: (phone, wish) => phone.osteon.signUp(wish),
  signIn: (phone, wish) => phone.osteon.signIn(wish),
  network: async (phone, { network }) => void (phone.network = network),
  log: async (phone, { report, recordedAt }) =>
    (await log(phone.database, report, { recordedAt, timezone: 'Europe/Berlin' })).id,
  create: (phone, { table, columns }) =>
    phone.database.write(async () => {
      const set = (row) => Object.entries(columns).forEach(([name, value]) => row._setRaw(name, value))
      return (await phone.database.get(table).create(set)).id
    }),
  edit: async (phone, { table, id, columns }) => {
    const found = await phone.find(table, id)
    const set = (row) => Object.entries(columns).forEach(([name, value]) => row._setRaw(name, value))
    await phone.database.write(() => found.update(set))
  },
  remove: async (phone, { table, id }) => {
    const found = await phone.find(table, id)
    await phone.database.write(() => found.markAsDeleted())
  },
  rows: async (phone, { table }) => (await phone.database.get(table).query().fetch()).map((row) => row._raw),
  unread: (phone) => unread(phone.database),
  dirty: (phone) => hasUnsyncedChanges({ database: phone.database }),
  told: async (phone) => phone.told.splice(0),
  sync: (phone, { attempts }) =>
    sync(phone.osteon, phone.database, { attempts, tell: (answer) => phone.told.push(answer) }),
  // Pulls, and stops before the push until `finish`.
  begin: (phone, { attempts = 3 }) =>
    new Promise((pulled, failed) => {
      let release
      const released = new Promise((resolve) => {
        release = resolve
      })
      phone.held = { pulled, released, release }
      phone.running = commands.sync(phone, { attempts })
      phone.running.catch(failed)
    }),
  finish: (phone) => {
    const { release } = phone.held
    phone.held = null
    release()
    return phone.running
  },
  // The vendor's own checker: how many rows differ between phone and server.
  diagnose: async (phone) => {
    const { issueCount, log: found } = await diagnose({
      db: phone.database,
      synchronize: () => commands.sync(phone, {}),
      pullChanges: async (asked) => (await phone.osteon.pull(asked)).changes,
    })
    return { issues: issueCount, log: issueCount ? found : '' }
  },
}

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`)

readline.createInterface({ input: process.stdin }).on('line', async (line) => {
  const { phone, command, ...wish } = JSON.parse(line)
  try {
    say({ answer: (await commands[command](phones.get(phone), wish)) ?? null })
  } catch (error) {
    say({ error: String(error.message), problem: error.problem ?? null })
  }
})
