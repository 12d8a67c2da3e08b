import { describe, expect, test } from 'vitest'
import { ERRORS } from '#shared/errors'
import { cancelledWords, failureWords, isPreflight } from '#renderer/features/connect/flow-words.ts'
import { spokenName } from '#renderer/ui/spoken-name.ts'

const context = { name: 'Slack', via: 'browser', hasAddress: false, again: null } as const
const failure = (code: string, data: Record<string, unknown> = {}) => ({ code, message: ERRORS[code as keyof typeof ERRORS].message, data })

describe('the words for a flow that did not succeed', () => {
  test('every error of the table has a title, a text and one next step', () => {
    for (const code of Object.keys(ERRORS)) {
      const words = failureWords(failure(code), context)
      expect(words.title, code).not.toBe('')
      expect(words.text, code).not.toBe('')
      expect(words.nextLabel, code).not.toBe('')
      expect(`${words.title} ${words.text}`, code).not.toMatch(/!|please|oops/i)
    }
  })

  test("quote the provider's own words, and only there where they say something", () => {
    const words = { words: 'invalid_client: app was deleted' }
    expect(failureWords(failure('connect.provider_error', words), context)).toMatchObject({ quote: words.words })
    expect(failureWords(failure('connect.denied', words), context).quote).toBeNull()
    expect(failureWords(failure('connect.provider_error'), context).text).toContain('no reason')
  })

  test('name a wrong address as a cause only where the form has one', () => {
    const causes = (hasAddress: boolean) => failureWords(failure('connect.test_failed'), { ...context, hasAddress }).causes.join(' ')
    expect(causes(true)).toContain('address')
    expect(causes(false)).not.toContain('address')
  })

  test('lead to the profile when its key or address is at fault, otherwise to another try', () => {
    expect(failureWords(failure('nango.key_refused'), context).next).toBe('profiles')
    expect(failureWords(failure('profile.key_required'), context).next).toBe('profiles')
    expect(failureWords(failure('nango.unreachable'), context).next).toBe('retry')
    expect(failureWords(failure('connect.expired'), context).nextLabel).toBe('Get a new page')
  })

  test('lead to where a plan, an integration or a key is mended, with what was looked at', () => {
    expect(failureWords(failure('connect.limit_reached'), context)).toMatchObject({ next: 'connections', nextLabel: 'Show connections' })
    const incomplete = failureWords(failure('connector.integration_incomplete', { integrationId: 'slack-eu' }), context)
    expect(incomplete).toMatchObject({ next: 'integration', integrationId: 'slack-eu', evidence: ['Looked at: integration slack-eu'] })
    const gone = failureWords(failure('connector.needs_integration', { integrationId: 'slack-eu' }), context)
    expect(gone).toMatchObject({ next: 'integration', integrationId: null, nextLabel: 'Set up the integration' })
    expect(failureWords(failure('connect.not_allowed', { integrationId: 'slack-eu' }), context)).toMatchObject({ next: 'retry' })
    expect(['connect.limit_reached', 'nango.key_refused', 'connect.denied'].map(isPreflight)).toEqual([true, true, false])
  })

  test('never say that nothing is connected of a connection that was to be signed in anew: it is as it was', () => {
    const again = { ...context, again: '“Work”' }
    expect(failureWords(failure('connect.denied'), again)).toMatchObject({
      title: 'Slack was not given access',
      text: '“Work” is as it was before.',
    })
    for (const code of Object.keys(ERRORS)) expect(failureWords(failure(code), again).text, code).not.toContain('Nothing was connected')
    expect(cancelledWords('Slack', true, '“Work”').text).toBe('Slack answered after you cancelled. “Work” has the sign-in of before again.')
  })

  test('tell a sign-in that was thrown away by choice from one that could not be put back', () => {
    const kept = failureWords(failure('connection.identity_mismatch', { decision: 'keep' }), { ...context, again: '“Work”' })
    expect(kept).toMatchObject({ title: 'Kept as it was', nextLabel: 'Sign in again' })
    const left = failureWords(failure('connection.identity_mismatch', { decision: null }), { ...context, again: '“Work”' })
    expect(left.title).toBe('Slack is signed in with another account')
  })

  test('say what was cleaned up after a cancel once something came too late', () => {
    expect(cancelledWords('Slack', false).text).toContain('Nothing was connected')
    expect(cancelledWords('Slack', true).text).toBe('Slack answered after you cancelled. The new connection was removed again.')
  })

  test('name a connector in a sentence without its variant', () => {
    expect(spokenName('GitHub (User OAuth)')).toBe('GitHub')
    expect(spokenName('Slack')).toBe('Slack')
    expect(spokenName('(odd)')).toBe('(odd)')
  })
})
