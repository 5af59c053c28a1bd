import zlib from 'node:zlib'

const mostBytes = 64 * 1024 * 1024

/** The body that a client sees behind `Content-Encoding`; one that cannot be decompressed stays as it is. */
export function decodedBody(bytes: Buffer, encoding: string | undefined): Buffer {
  // Node 20 has no zstd.
  const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (bytes: Buffer, options: object) => Buffer }
  const most = { maxOutputLength: mostBytes }
  try {
    switch (encoding?.trim().toLowerCase()) {
      case 'gzip':
      case 'x-gzip':
        return zlib.gunzipSync(bytes, { ...most, finishFlush: zlib.constants.Z_SYNC_FLUSH })
      case 'deflate':
        return zlib.inflateSync(bytes, { ...most, finishFlush: zlib.constants.Z_SYNC_FLUSH })
      case 'br':
        return zlib.brotliDecompressSync(bytes, most)
      case 'zstd':
        return zstdDecompressSync?.(bytes, most) ?? bytes
      default:
        return bytes
    }
  } catch {
    // Cut, or not what the header says.
    return bytes
  }
}
