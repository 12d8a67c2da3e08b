import type { CallToolResult } from '@modelcontextprotocol/server'
import { PatchbayClientError } from '#client/client-error'
import { ERRORS, isErrorCode, PatchbayError } from '#shared/errors'
import { noticeFor, visible } from './tool-answer.ts'

const MAX_FACTS_CHARACTERS = 8_000

const ASK = 'Ask for it with request_access and say what for; the person decides in Patchbay.'

/** What an agent can do next, where that differs from what a person can. */
const NEXT: Readonly<Record<string, string>> = {
  'automation.denied': `Nothing that was granted covers this, or it is not there. ${ASK}`,
  'automation.unproven': ASK,
  'automation.approval_required': ASK,
  'automation.paused': 'The person has paused all programs. Wait until they let them go on; asking again does not help.',
  'automation.call_refused': 'The person did not say yes to this call. Tell them what it is for before you try it again.',
  'automation.muted': 'Requests were refused several times. Do not ask again before the time in "data".',
  'automation.busy': 'A request is waiting for the person already. Wait for its answer: list_my_grants tells.',
  'vault.locked': 'Patchbay is locked. Ask the person to unlock it: in its window, or with `patchbay unlock`.',
  'host.not_running': 'Patchbay is not running. Ask the person to start it: `patchbay`, or `patchbay serve`.',
  'connection.ambiguous': 'Several connections match. Name one of the candidates by its handle.',
}

interface Failed {
  readonly code: string
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
  readonly next: string
}

const failed = (error: unknown): Failed => {
  if (error instanceof PatchbayClientError) return error
  if (error instanceof PatchbayError) {
    const { code, message, data } = error
    return { code, message, data, next: ERRORS[code].next }
  }
  return { code: 'internal', message: ERRORS.internal.message, data: {}, next: ERRORS.internal.next }
}

/** An error as a tool answers it: what happened and what to do in our words, what others said of it apart, as data. */
export const toolFailure = (error: unknown): CallToolResult => {
  const { code, message, data, next } = failed(error)
  const known = isErrorCode(code) ? ERRORS[code] : ERRORS.internal
  const { next: _ours, authorizationUrl: _secret, ...facts } = data
  // The words of an error can be those of a service.
  const all = { ...(message !== known.message && { message }), ...facts }
  const isLong = JSON.stringify(all).length > MAX_FACTS_CHARACTERS
  const said = isLong ? { message: message.slice(0, 500) } : all
  const answer = {
    error: { code, what: known.message, next: NEXT[code] ?? next },
    ...(Object.keys(said).length > 0 && { notice: noticeFor('Patchbay and the services behind it'), data: said }),
  }
  return { isError: true, content: [{ type: 'text', text: JSON.stringify(visible(answer)) }] }
}
