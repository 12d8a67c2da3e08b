import type { MessageKey } from '#renderer/messages/message-catalogue.ts'

/** One guide, as it was when this Patchbay was built. */
export interface Guide {
  readonly id: string
  readonly name: MessageKey
  /** Its name among the documents, as their links say it. */
  readonly file: string
  readonly text: string
}

const texts = import.meta.glob<string>('../../../docs/{NANGO_SETUP,NANGO,CONNECTORS_GUIDE,SECURITY}.md', {
  query: '?raw',
  import: 'default',
  eager: true,
})

const guide = (id: string, name: MessageKey, file: string): Guide => ({ id, name, file, text: texts[`../../../docs/${file}`] ?? '' })

/** The guides that are read without a network. */
export const GUIDES: readonly [Guide, ...Guide[]] = [
  guide('setup', 'help.guide.setup', 'NANGO_SETUP.md'),
  guide('nango', 'help.guide.nango', 'NANGO.md'),
  guide('connectors', 'help.guide.connectors', 'CONNECTORS_GUIDE.md'),
  guide('security', 'help.guide.security', 'SECURITY.md'),
]
