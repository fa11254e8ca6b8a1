/**
 * Whether the broker under test has what Apache Kafka has since this version. Ours has it; the
 * reference may be an older one (`CONFORMANCE_KAFKA_VERSION`).
 */
export function hasSince(major: number, minor: number): boolean {
  if (process.env['CONFORMANCE_TARGET'] !== 'kafka') return true
  const version = process.env['CONFORMANCE_KAFKA_VERSION'] ?? '4.3.1'
  const [itsMajor = 0, itsMinor = 0] = version.split('.').map(Number)
  return itsMajor > major || (itsMajor === major && itsMinor >= minor)
}
