/** An admin in front of brokers that a test plays. */
import { Admin } from '../../../src/client/admin/admin.ts'
import { FakeCluster } from '../network/fake-cluster.ts'

/** Ends what a test began, last first. */
export class Ends {
  readonly #ends: (() => unknown)[] = []

  /** Brokers with these answers, and an admin that asks them. */
  async both(
    options: Parameters<typeof FakeCluster.start>[0],
    more: { defaultApiTimeoutMs?: number } = {},
  ): Promise<{ fake: FakeCluster; admin: Admin }> {
    const fake = await FakeCluster.start(options)
    const admin = new Admin({
      bootstrapServers: fake.endpoints.map(({ host, port }) => `${host}:${port}`),
      retryBackoffMs: 10,
      defaultApiTimeoutMs: 5_000,
      ...more,
    })
    this.#ends.push(
      () => fake.close(),
      () => admin.close(),
    )
    return { fake, admin }
  }

  async run(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end()
  }
}
