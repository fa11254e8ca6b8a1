/**
 * The same memory as a Buffer, itself if it is one. Views of a Buffer are Buffers, so that who
 * reads many of them wraps the whole once.
 */
export function asBuffer(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
