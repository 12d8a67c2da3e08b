// Messages of D-Bus, https://dbus.freedesktop.org/doc/dbus-specification.html#message-protocol-messages: as much as it takes to listen.

/** A call for which no answer is wanted, or a signal. */
export interface OutgoingMessage {
  readonly type: 'call' | 'signal'
  readonly serial: number
  readonly path: string
  readonly interface: string
  readonly member: string
  readonly destination?: string
  /** The arguments: their types as D-Bus writes them, and their bytes. */
  readonly signature?: string
  readonly body?: Buffer
}

export interface BusMessage {
  readonly path: string
  readonly member: string
  readonly body: Buffer
}

const LITTLE_ENDIAN = 0x6c
const BIG_ENDIAN = 0x42
const TYPES = { call: 1, signal: 4 } as const
const NO_REPLY = 1
const FIELD = { path: 1, interface: 2, member: 3, destination: 6, signature: 8 } as const

const upTo = (bytes: number, alignment: number): number => Math.ceil(bytes / alignment) * alignment
const padded = (bytes: Buffer, alignment: number): Buffer =>
  Buffer.concat([bytes, Buffer.alloc(upTo(bytes.length, alignment) - bytes.length)])

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** An argument of type `s`. */
export const busText = (value: string): Buffer => {
  const bytes = Buffer.from(value)
  return Buffer.concat([number(bytes.length), bytes, Buffer.alloc(1)])
}

const field = (code: number, type: 'o' | 's' | 'g', value: string): Buffer => {
  const head = Buffer.from([code, 1, type.charCodeAt(0), 0])
  return Buffer.concat([head, type === 'g' ? Buffer.from(`${String.fromCharCode(value.length)}${value}\0`, 'latin1') : busText(value)])
}

/** A message in bytes. */
export const writeMessage = ({ body = Buffer.alloc(0), ...message }: OutgoingMessage): Buffer => {
  const fields = [
    field(FIELD.path, 'o', message.path),
    field(FIELD.interface, 's', message.interface),
    field(FIELD.member, 's', message.member),
    ...(message.destination === undefined ? [] : [field(FIELD.destination, 's', message.destination)]),
    ...(message.signature === undefined ? [] : [field(FIELD.signature, 'g', message.signature)]),
  ]
  // The padding after the last field is no part of the list.
  const list = Buffer.concat(fields.map((bytes, index) => (index === fields.length - 1 ? bytes : padded(bytes, 8))))
  const head = Buffer.concat([
    Buffer.from([LITTLE_ENDIAN, TYPES[message.type], NO_REPLY, 1]),
    number(body.length),
    number(message.serial),
    number(list.length),
    list,
  ])
  return Buffer.concat([padded(head, 8), body])
}

/** The texts among the fields of a head, by code. */
const readFields = (list: Buffer, readNumber: (at: number) => number): ReadonlyMap<number, string> => {
  const found = new Map<number, string>()
  for (let at = 0; at + 8 <= list.length; at = upTo(at, 8)) {
    const code = list[at] ?? 0
    const type = String.fromCharCode(list[at + 2] ?? 0)
    at += 4
    if (type === 'u') at += 4
    else if (type === 'g') at += 2 + (list[at] ?? 0)
    else if (type === 's' || type === 'o') {
      const length = readNumber(at)
      found.set(code, list.toString('utf8', at + 4, at + 4 + length))
      at += 5 + length
    } else break
  }
  return found
}

/** The first message of what was received and how many bytes it takes; `wrong` for what is no message, or one beyond `most` bytes. */
export const readMessage = (
  received: Buffer,
  most: number,
): { readonly message: BusMessage; readonly bytes: number } | 'unfinished' | 'wrong' => {
  if (received.length < 16) return 'unfinished'
  const order = received[0]
  if (order !== LITTLE_ENDIAN && order !== BIG_ENDIAN) return 'wrong'
  const read = (bytes: Buffer, at: number): number => (order === LITTLE_ENDIAN ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at))
  const fieldBytes = read(received, 12)
  const bodyAt = upTo(16 + fieldBytes, 8)
  const bytes = bodyAt + read(received, 4)
  if (bytes > most) return 'wrong'
  if (received.length < bytes) return 'unfinished'
  const list = received.subarray(16, 16 + fieldBytes)
  const fields = readFields(list, (at) => (at + 4 <= list.length ? read(list, at) : 0))
  const message = { path: fields.get(FIELD.path) ?? '', member: fields.get(FIELD.member) ?? '', body: received.subarray(bodyAt, bytes) }
  return { message, bytes }
}
