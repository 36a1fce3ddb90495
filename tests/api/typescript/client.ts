// An app that is always online, typed by the API's own OpenAPI document: sign up, log an entry, read flags and
// reminders. docs/mobile.md shows parts of it.
import createClient from 'openapi-fetch'
import type { components, paths } from './schema'

declare const process: { argv: string[] }
declare const crypto: { randomUUID(): string }

type Entry = components['schemas']['EntryInRequest']

const [base, invitationCode] = process.argv.slice(2) as [string, string]

// Signing in is allauth's, outside the document: one call, and the token goes with all others.
const signUp = async (): Promise<string> => {
  const answer = await fetch(`${base}/_allauth/app/v1/auth/signup`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      email: `${crypto.randomUUID()}@example.org`,
      password: 'a long walk by the sea',
      invitation_code: invitationCode,
      timezone: 'Europe/Berlin',
    }),
  })
  return ((await answer.json()) as { meta: { session_token: string } }).meta.session_token
}

const token = await signUp()
const api = createClient<paths>({ baseUrl: base, headers: { 'X-Session-Token': token } })

const entry: Entry = {
  id: crypto.randomUUID(),
  recorded_at: new Date().toISOString(),
  timezone: 'Europe/Berlin',
  pains: [{ site: 'lumbar', side: 'midline', severity: 8, onset: 'sudden' }],
}
const posted = await api.POST('/api/v1/entries', { body: entry })
if (posted.error) throw new Error(posted.error.detail)

const flags = await api.GET('/api/v1/flags', { params: { query: { status: 'open' } } })
const reminders = await api.GET('/api/v1/reminders')

// The same again: 304, and nothing travels.
const etag = reminders.response.headers.get('ETag') ?? ''
const unchanged = await api.GET('/api/v1/reminders', { params: { header: { 'If-None-Match': etag } } })

// A mistake comes back as problem+json, with a pointer to each field.
const wrong = await api.POST('/api/v1/entries', { body: { ...entry, recorded_at: 'yesterday' } })

console.log(
  JSON.stringify({
    urgency: posted.data.flags[0]?.urgency,
    advice: posted.data.advice,
    flags: flags.data?.results.map((flag) => flag.pattern),
    reminders: reminders.data?.results.map((reminder) => reminder.kind),
    unchanged: unchanged.response.status,
    wrong: wrong.error?.errors.map((fault) => fault.pointer),
  }),
)
