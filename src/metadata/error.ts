/** The metadata log says something that cannot be, or that only a newer version understands. */
export class MetadataError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'MetadataError'
  }
}
