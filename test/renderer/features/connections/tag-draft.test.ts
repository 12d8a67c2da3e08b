import { expect, test } from 'vitest'
import { rowsOf, tagFault, tagsOf } from '#renderer/features/connections/tag-draft.ts'

const faultOf = (key: string, value: string): string | null => {
  const row = { id: 1, key, value }
  return tagFault(row, [{ id: 0, key: 'Team', value: 'a' }, row])
}

test('tags of Patchbay itself are not offered for change, and empty rows are not sent', () => {
  expect(rowsOf({ patchbay_owner: 'x', team: 'a' }).map(({ key }) => key)).toEqual(['team'])
  expect(
    tagsOf([
      { id: 0, key: ' team ', value: 'a' },
      { id: 1, key: '', value: '' },
    ]),
  ).toEqual({ team: 'a' })
})

test('what Nango would refuse is said at its row', () => {
  expect(faultOf('plan', 'a')).toBeNull()
  expect(faultOf('', '')).toBeNull()
  expect(faultOf('1plan', 'a')).toContain('Begin with a letter')
  expect(faultOf('', 'a')).toContain('Begin with a letter')
  expect(faultOf('team', 'b')).toContain('there twice')
  expect(faultOf('plan', '')).toContain('1 to 255')
  expect(faultOf('plan', 'a\nb')).toContain('control')
  expect(faultOf('patchbay_owner', 'me')).toContain("Patchbay's own")
  expect(faultOf('end_user_email', 'mara')).toContain('e-mail')
})
