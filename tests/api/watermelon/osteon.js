// A phone's side of Osteon: sign in, keep a database, work offline, sync. docs/mobile.md walks through this file.
'use strict'

const { randomUUID } = require('node:crypto')
const { Database, Model, appSchema, tableSchema } = require('@nozbe/watermelondb')
const { synchronize, hasUnsyncedChanges } = require('@nozbe/watermelondb/sync')
const { setGenerator } = require('@nozbe/watermelondb/utils/common/randomId')
const { schemaMigrations } = require('@nozbe/watermelondb/Schema/migrations')

// Ids are UUIDs; WatermelonDB's own random ids are refused.
setGenerator(() => randomUUID())

const text = (name, more = {}) => ({ name, type: 'string', ...more })
const number = (name, more = {}) => ({ name, type: 'number', ...more })
const truth = (name) => ({ name, type: 'boolean' })
const optional = { isOptional: true }

const schema = appSchema({
  version: 1,
  tables: [
    tableSchema({
      name: 'entries',
      columns: [number('recorded_at'), text('timezone'), text('report'), text('local_date'), number('version')],
    }),
    tableSchema({
      name: 'flags',
      columns: [
        text('pattern'), text('urgency'), text('status'), truth('supported'), text('day'), number('raised_at'),
        text('title'), text('why'), text('advice'), text('entry_ids'), truth('holds_exercise'),
        number('seen_at', optional),
      ],
    }),
    tableSchema({
      name: 'reminders',
      columns: [
        text('kind'), text('title'), text('rrule'), text('local_time'), text('timezone'),
        text('quiet_from', optional), text('quiet_until', optional), text('channels'), truth('active'),
        text('starts_on'),
      ],
    }),
    tableSchema({
      name: 'occurrences',
      columns: [
        text('reminder_id'), text('kind'), text('title'), text('body'), text('item'), text('local_date'),
        number('due_at'), number('expires_at'), text('state'), text('held_by', optional),
        number('snoozed_until', optional),
      ],
    }),
  ],
})

// An app declares its columns with decorators (@text, @field, @date); plain JavaScript sets them by name.
class Entry extends Model {}
Entry.table = 'entries'
class Flag extends Model {}
Flag.table = 'flags'
class Reminder extends Model {}
Reminder.table = 'reminders'
class Occurrence extends Model {}
Occurrence.table = 'occurrences'

const open = (adapter) => new Database({ adapter, modelClasses: [Entry, Flag, Reminder, Occurrence] })

const migrations = schemaMigrations({ migrations: [] })

// A refusal: problem+json, with a stable type and a sentence that can be shown.
class Refused extends Error {
  constructor(problem) {
    super(problem.detail)
    this.problem = problem
  }
}

class Osteon {
  constructor(url, { fetch = globalThis.fetch } = {}) {
    this.url = url
    this.fetch = fetch
    this.token = null
  }

  async send(method, path, body) {
    const response = await this.fetch(this.url + path, {
      method,
      headers: {
        Accept: 'application/json',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(this.token ? { 'X-Session-Token': this.token } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const answer = response.status === 204 ? null : await response.json()
    if (!response.ok) throw new Refused(answer)
    return answer
  }

  // Each sign-in gives a token; keep it in the phone's keychain.
  async signUp({ email, password, invitation_code, timezone }) {
    const wish = { email, password, invitation_code, timezone }
    const answer = await this.send('POST', '/_allauth/app/v1/auth/signup', wish)
    this.token = answer.meta.session_token
  }

  async signIn({ email, password }) {
    const answer = await this.send('POST', '/_allauth/app/v1/auth/login', { email, password })
    this.token = answer.meta.session_token
  }

  pull({ lastPulledAt, schemaVersion, migration }, more = '') {
    const asked = `last_pulled_at=${lastPulledAt ?? 'null'}&schema_version=${schemaVersion}`
    const migrating = encodeURIComponent(JSON.stringify(migration ?? null))
    return this.send('GET', `/api/v1/sync?${asked}&migration=${migrating}${more}`)
  }

  push({ changes, lastPulledAt }) {
    return this.send('POST', `/api/v1/sync?last_pulled_at=${lastPulledAt}`, changes)
  }
}

const isProblem = (error, type) => error instanceof Refused && error.problem.type === `/problems/${type}`

// The server was set back to an earlier state. Send what this phone has first: entries that are known are
// answered as they were, entries that were lost are stored again. Then take everything as the server has it.
async function recover(osteon, database, asked) {
  for (const entry of await database.get('entries').query().fetch()) {
    const { id, recorded_at, timezone, report } = entry._raw
    const said = { id, recorded_at: new Date(recorded_at).toISOString(), timezone, ...JSON.parse(report) }
    await osteon.send('POST', '/api/v1/entries', said).catch((error) => {
      if (!(error instanceof Refused)) throw error
    })
  }
  return osteon.pull({ ...asked, lastPulledAt: null }, '&strategy=replacement')
}

// One sync at a time: a second call while one runs is refused by WatermelonDB. `tell` gets what to show.
async function sync(osteon, database, { tell = () => {}, attempts = 3 } = {}) {
  try {
    await synchronize({
      database,
      migrationsEnabledAtVersion: 1,
      sendCreatedAsUpdated: true,
      pullChanges: (asked) =>
        osteon.pull(asked).catch((error) => {
          if (isProblem(error, 'cursor-ahead')) return recover(osteon, database, asked)
          throw error
        }),
      pushChanges: async (changed) => {
        const answer = await osteon.push(changed)
        tell(answer)
        return answer
      },
    })
  } catch (error) {
    // Somebody wrote between our pull and our push: pull, and push what is left.
    if (!isProblem(error, 'pull-first') || attempts === 1) throw error
    await sync(osteon, database, { tell, attempts: attempts - 1 })
  }
}

// What the patient says is stored on the phone at once, whether there is a network or not.
const log = (database, report, { recordedAt = Date.now(), timezone }) =>
  database.write(() =>
    database.get('entries').create((entry) => {
      entry._setRaw('recorded_at', recordedAt)
      entry._setRaw('timezone', timezone)
      entry._setRaw('report', JSON.stringify(report))
    }),
  )

// What to show above everything else, the most urgent first, until the patient has read it: that the clinic is
// dealing with it already takes no advice away. No flag is no news: never show its absence as "all is well".
const URGENCIES = ['emergency-now', 'same-day', 'within-48h', 'within-2-weeks', 'information']
const unread = async (database) => {
  const flags = await database.get('flags').query().fetch()
  return flags
    .map((flag) => flag._raw)
    .filter((flag) => ['open', 'acknowledged'].includes(flag.status) && flag.seen_at === null)
    .sort((one, other) => URGENCIES.indexOf(one.urgency) - URGENCIES.indexOf(other.urgency))
}

module.exports = { Osteon, Refused, hasUnsyncedChanges, log, migrations, open, schema, sync, unread }
