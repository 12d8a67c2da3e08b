import { expect, test } from 'vitest'
import { monogram } from '#renderer/ui/monogram.ts'

test.each([
  ['Google Ads', 'GA'],
  ['Segment', 'Se'],
  ['Amazon Web Services', 'AS'],
  ['google-mail', 'GM'],
  ['x', 'X'],
  ['ångström lab', 'ÅL'],
  ['Œuvre', 'Œu'],
  ['1Password', '1P'],
  ['', '?'],
])('the monogram of %s is %s', (name, letters) => {
  expect(monogram(name)).toBe(letters)
})
