/** How long a browser may take to begin reading what it saves. */
const READ_WITHIN_MS = 60_000

/** Saves a text as a file where the person says, as a download; nothing of it is kept here. */
export const saveText = (name: string, text: string, mediaType: string): void => {
  const address = URL.createObjectURL(new Blob([text], { type: mediaType }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), READ_WITHIN_MS)
}
