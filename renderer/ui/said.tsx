import { Fragment } from 'react'
import type { Sentence } from '#shared/sentence'
import { saidWords } from './said-words.ts'
import { withCode } from './with-code.tsx'

/** What a text of an answer says, in the language of the window; words of another are marked as English and kept apart. */
export const Said = ({ english, said }: { readonly english: string; readonly said: readonly Sentence[] | null | undefined }) =>
  saidWords(english, said).map(({ text, isForeign }, index) => (
    <Fragment key={index}>
      {index === 0 ? null : ' '}
      <bdi {...(isForeign ? { lang: 'en' } : {})}>{withCode(text)}</bdi>
    </Fragment>
  ))
