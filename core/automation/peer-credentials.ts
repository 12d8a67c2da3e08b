import type { Socket } from 'node:net'
import { nativeCalls, type SocketPeer } from '../native-calls.ts'

/** What the system knows the connection by; null on Windows, where Node does not tell the pipe's handle, and once it is closed. */
const descriptorOf = (socket: Socket): number | null => {
  const handle = (socket as unknown as { readonly _handle?: { readonly fd?: unknown } | null })._handle
  return typeof handle?.fd === 'number' && handle.fd >= 0 ? handle.fd : null
}

/** The process that connected and its user; null where the system does not tell, on Windows above all. `pid` is 0 for one that this system cannot see. */
export const peerOf = (socket: Socket): SocketPeer | null => {
  const descriptor = descriptorOf(socket)
  return descriptor === null ? null : (nativeCalls()?.peerOf(descriptor) ?? null)
}

/** Whether the process that connected is this user's; true where the system does not tell: the folder's permissions stand alone then. */
export const isOwnUser = (socket: Socket): boolean => {
  const peer = peerOf(socket)
  return peer === null || peer.uid === process.geteuid?.()
}

/** Whether `pid` is still the process that connected, not another that has got its number since; null where that cannot be told. */
export const isStillPeer = (socket: Socket, pid: number): boolean | null => {
  const descriptor = descriptorOf(socket)
  return descriptor === null ? null : (nativeCalls()?.isStillPeer(descriptor, pid) ?? null)
}
