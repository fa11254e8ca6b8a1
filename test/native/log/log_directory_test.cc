#include "log/log_directory.h"

#include "log_fixture.h"

namespace odradek {

TEST_CASE("a batch that was appended is read back, also after a clean restart") {
  DirectoryFixture f;
  f.open();
  auto log = f.log();
  CHECK(append(*log, {.records = 3}).base_offset == Offset(0));
  CHECK(append(*log, {.records = 2}).base_offset == Offset(3));
  CHECK(log->log_end_offset() == Offset(5));
  CHECK(log->high_watermark() == Offset(0));
  f.directory->run_once();
  CHECK(log->high_watermark() == Offset(5));

  for (int restart = 0; restart < 2; ++restart) {
    auto outcome = log->read(Offset(0), 1 << 20, ReadLimit::high_watermark, true, nullptr);
    REQUIRE(outcome.ok());
    const auto bytes = bytes_of(*outcome);
    const auto batches = batches_in(bytes);
    REQUIRE(batches.size() == 2);
    CHECK(batches[0].base_offset() == Offset(0));
    CHECK(batches[1].base_offset() == Offset(3));
    CHECK(outcome->next_offset == Offset(5));
    if (restart == 1) break;
    log = nullptr;
    f.close();
    f.open();
    log = f.log();
    CHECK(f.directory->recovery_report().clean);
    CHECK(f.directory->recovery_report().bytes_scanned == 0);
    CHECK(log->log_end_offset() == Offset(5));
    CHECK(log->high_watermark() == Offset(5));
  }
}

}  // namespace odradek
