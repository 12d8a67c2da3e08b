import { describe, expect, test } from 'vitest'
import { mapColumns, mayHoldSecret } from '#core/connections/import-columns'
import { draftOf } from '#core/connections/import-draft'

const meaning = (column: string): string | null => mapColumns([column], {}).get(column) ?? null

describe('what a column means', () => {
  test.each([
    ['provider_config_key', 'integration'],
    ['Integration ID', 'integration'],
    ['Service', 'connector'],
    ['nangoConnectionId', 'connection_id'],
    ['API-Key', 'apiKey'],
    ['accessToken', 'access_token'],
    ['Refresh Token', 'refresh_token'],
    ['Expires', 'expires_at'],
    ['userId', 'end_user_id'],
    ['workspaceId', 'tags.workspaceid'],
    ['lastSyncAt', 'last_sync_at'],
    ['tags.Team', 'tags.team'],
    ['tag:Team', 'tags.team'],
    ['config.subDomain', 'connection_config.subDomain'],
    ['metadata.Plan', 'metadata.Plan'],
    ['id', null],
    ['Colour', null],
    ['constructor.name', null],
    ['__proto__', null],
    ['toString', null],
  ])('is guessed by its name: %s', (column, field) => {
    expect(meaning(column)).toBe(field)
  })

  test('is what the person says, and one field is guessed once', () => {
    const columns = ['key', 'api_key', 'name']
    expect([...mapColumns(columns, {})]).toEqual([
      ['key', 'apiKey'],
      ['api_key', null],
      ['name', 'label'],
    ])
    expect([...mapColumns(columns, { api_key: 'apiKey', name: null }).values()]).toEqual([null, 'apiKey', null])
  })

  test('may be a secret unless it is known to be none', () => {
    const secret = ['apiKey', 'access_token', 'password', 'username', 'credentials', 'metadata', 'metadata.a', 'connection_config.a', null]
    expect(secret.filter((field) => !mayHoldSecret(field))).toEqual([])
    expect(['label', 'connector', 'tags.team', 'expires_at', 'connection_id'].filter(mayHoldSecret)).toEqual([])
  })
})

describe('a row', () => {
  const draft = (values: Record<string, unknown>) => draftOf(values, mapColumns(Object.keys(values), {}))

  test('has its parts from columns of their own, from JSON and from pairs', () => {
    expect(
      draft({
        credentials: '{"type":"OAUTH2","access_token":"at","raw":{"x":1}}',
        refresh_token: 'rt',
        tags: 'team=a; plan = pro',
        'tags.Team': 'b',
        metadata: { deep: { a: 1 } },
        'metadata.Plan': 7,
        config: '{"baseUrl":"https://a.example"}',
        end_user: { id: 'u-1', email: 'a@b.example' },
        label: '  Work  ',
      }),
    ).toMatchObject({
      type: 'OAUTH2',
      credentials: { access_token: 'at', refresh_token: 'rt' },
      tags: { team: 'b', plan: 'pro' },
      metadata: { deep: { a: 1 }, Plan: 7 },
      connectionConfig: { baseUrl: 'https://a.example' },
      endUser: { id: 'u-1', email: 'a@b.example' },
      label: 'Work',
      faults: [],
    })
  })

  test('has times as spreadsheets and services write them', () => {
    const at = (expires: unknown) => draft({ expires }).credentials['expires_at']
    expect([at(4102444800), at('4102444800000'), at('2100-01-01')]).toEqual([
      '2100-01-01T00:00:00.000Z',
      '2100-01-01T00:00:00.000Z',
      '2100-01-01',
    ])
  })

  test('keeps a secret as it is, and takes blank cells for none', () => {
    expect(draft({ apiKey: ' padded ', username: '  ', label: '', metadata: null })).toMatchObject({
      credentials: { apiKey: ' padded ' },
      label: undefined,
    })
    expect(draft({ username: '' }).credentials).toEqual({})
  })

  test('names the fields that are not of their kind, and nothing of what they hold', () => {
    const { faults } = draft({
      apiKey: { a: 'canary' },
      tags: 'canary',
      metadata: '[1]',
      label: 'two\nlines',
      notes: 'x'.repeat(10_001),
      connector: [1],
    })
    expect(faults.toSorted()).toEqual(['apiKey', 'connector', 'label', 'metadata', 'notes', 'tags'])
  })

  test('cannot reach behind the objects that it fills', () => {
    const values = JSON.parse(
      '{"tags.__proto__":{"polluted":"yes"},"metadata.constructor":"x","config":"{\\"__proto__\\":{\\"polluted\\":\\"yes\\"}}"}',
    ) as Record<string, unknown>
    const row = draft(values)
    expect(Reflect.get(row.connectionConfig, 'polluted')).toBeUndefined()
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    expect(row.metadata).toEqual({ constructor: 'x' })
  })
})
