/**
 * The folder of this machine's binary below prebuilds/: platform, processor and, on a Linux whose
 * C library is not glibc, `-musl`. src/addon/load.ts says the same in TypeScript.
 */
export function prebuildName() {
  const name = `${process.platform}-${process.arch}`
  if (process.platform !== 'linux') return name
  process.report.excludeNetwork = true
  return process.report.getReport().header.glibcVersionRuntime ? name : `${name}-musl`
}
