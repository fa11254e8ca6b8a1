#include "log/window_feed.h"

#include "log/write_pace.h"
#include "log_fixture.h"

namespace odradek {
namespace {

constexpr int64_t kPage = 64 << 10;

struct Fixture {
  explicit Fixture(size_t windows_max = 8, int64_t file_bytes_max = 16 << 20)
      : pool(windows_max), helpers(clock) {
    file = std::shared_ptr<File>(std::move(*disk.open("/f", OpenMode::create)));
    feed = std::make_shared<WindowFeed>(file, helpers, pool, file_bytes_max);
  }
  WindowFeed::Stored store(int64_t at, size_t size = 100) {
    return feed->store(Position(at), std::vector<uint8_t>(size, 0xaa));
  }
  void advance(int64_t end, int64_t pace = 1 << 20) {
    feed->advance(Position(end), pace);
    helpers.run_due();
  }
  MemoryFileSystem disk;
  ManualClock clock;
  WriteWindowPool pool;
  HelperPool helpers;
  std::shared_ptr<File> file;
  std::shared_ptr<WindowFeed> feed;
};

}  // namespace

TEST_CASE("nothing is stored before a helper made and populated a window") {
  Fixture f;
  CHECK(f.store(100) == WindowFeed::Stored::no);
  f.feed->advance(Position(100), 1 << 20);
  CHECK(f.store(100) == WindowFeed::Stored::no);
  f.helpers.run_due();
  CHECK(f.store(100) == WindowFeed::Stored::yes);
  CHECK(f.pool.taken() == 1);
  CHECK(f.feed->allocated_bytes() == 1 << 20);
  uint8_t byte = 0;
  REQUIRE(f.file->read_at(Position(199), ByteSpan(&byte, 1)).ok());
  CHECK(byte == 0xaa);
}

TEST_CASE("no more is populated than the writer needs in 10 ms, 256 KiB at most") {
  Fixture f;
  f.advance(0);  // 1 MiB/s: one page
  CHECK(f.store(kPage - 100) == WindowFeed::Stored::yes);
  CHECK(f.store(kPage - 99) == WindowFeed::Stored::no);
  f.advance(kPage, 1 << 30);  // as fast as can be
  CHECK(f.store(kPage + (256 << 10) - 100) == WindowFeed::Stored::yes);
  CHECK(f.store(kPage + (256 << 10)) == WindowFeed::Stored::no);
}

TEST_CASE("a writer passes from window to window without meeting the kernel") {
  Fixture f;
  int64_t missed = 0;
  f.advance(0, 100 << 20);
  for (int64_t at = 0; at < (5 << 20); at += 1000) {
    if (f.store(at, 1000) != WindowFeed::Stored::yes) ++missed;
    f.advance(at + 1000, 100 << 20);
    REQUIRE(f.pool.taken() <= 2);
  }
  // Only batches that lie across two windows go by pwrite.
  CHECK(missed <= 5);
}

TEST_CASE("a writer that went elsewhere finds a window there") {
  Fixture f;
  f.advance(0);
  f.advance(9 << 20);
  CHECK(f.store(9 << 20) == WindowFeed::Stored::yes);
  CHECK(f.store(100) == WindowFeed::Stored::no);
  CHECK(f.pool.taken() == 1);
}

TEST_CASE("there is no window beyond the segment, on a full disk, or with a full pool") {
  Fixture f(8, 3 << 20);
  f.advance((2 << 20) + kPage);
  CHECK(f.store((2 << 20) + kPage) == WindowFeed::Stored::no);
  CHECK(f.pool.taken() == 0);
  f.disk.set_capacity(1000);
  f.advance(0);
  CHECK(f.store(0) == WindowFeed::Stored::no);
  CHECK(f.pool.taken() == 0);

  Fixture full(1);
  auto place = full.pool.take();
  REQUIRE(static_cast<bool>(place));
  full.advance(0);
  CHECK(full.store(0) == WindowFeed::Stored::no);
  place = WriteWindowPool::Place();
  full.advance(0);
  CHECK(full.store(0) == WindowFeed::Stored::yes);
}

TEST_CASE("a feed that is stopped maps nothing any more") {
  Fixture f;
  f.advance(0);
  f.feed->advance(Position(kPage), 1 << 20);  // asked, not yet done
  f.feed->stop();
  CHECK(f.pool.taken() == 0);
  f.helpers.run_due();
  f.advance(kPage);
  CHECK(f.pool.taken() == 0);
  CHECK(f.store(0) == WindowFeed::Stored::no);
  f.feed->stop();
}

TEST_CASE("a busy log writes through windows, and what it holds is the same") {
  DirectoryFixture f;
  f.config.segment_bytes = 6 << 20;
  f.open();
  auto log = f.log();
  int64_t stores = 0;
  int64_t writes = 0;
  f.disk->before_each_change([&](const FileCall& call) {
    if (call.kind == FileCallKind::store) ++stores;
    if (call.kind == FileCallKind::write && call.path.ends_with(".log")) ++writes;
    return FaultDecision::proceed();
  });
  const std::string value(3000, 'w');
  for (int i = 0; i < 6000; ++i) {
    append(*log, {.timestamp = f.clock.now().value, .value = value});
    if (i % 4 == 0) f.clock.advance(1);  // 12 MB/s
    f.directory->run_once();
  }
  CHECK(stores > 1000);
  CHECK(writes > 0);  // until it was busy
  CHECK(log->segment_count() > 2);
  for (int round = 0; round < 3; ++round) {
    ReadHint hint;
    Offset at = log->log_start_offset();
    while (at < Offset(6000)) {
      auto outcome = log->read(at, 1 << 20, ReadLimit::high_watermark, true, &hint);
      REQUIRE(outcome.ok());
      REQUIRE(outcome->bytes > 0);
      const auto bytes = bytes_of(*outcome);
      for (const BatchView& batch : batches_in(bytes)) {
        REQUIRE(batch.base_offset() == at);
        at = batch.next_offset();
      }
    }
    log = nullptr;
    if (round == 0) f.power_cut(CrashKind::reordered, 5);
    if (round == 1) f.close();
    if (round == 2) break;
    f.open();
    log = f.log();
    CHECK(log->log_end_offset() == Offset(6000));
  }
}

TEST_CASE("windows are given back when a log is idle, truncated or closed") {
  DirectoryFixture f;
  f.open();
  auto log = f.log();
  const auto make_busy = [&] {
    for (int i = 0; i < 3000; ++i) {
      append(*log, {.value = std::string(2000, 'w')});
      f.clock.advance(1);
      f.directory->run_once();
    }
  };
  bool stored = false;
  f.disk->before_each_change([&](const FileCall& call) {
    stored = stored || call.kind == FileCallKind::store;
    return FaultDecision::proceed();
  });
  make_busy();
  CHECK(std::exchange(stored, false));
  f.clock.advance(60000);
  f.directory->run_once();  // idle
  append(*log);
  CHECK_FALSE(stored);
  make_busy();
  CHECK(std::exchange(stored, false));
  REQUIRE(log->truncate_to(Offset(100)).ok());
  append(*log);
  CHECK_FALSE(stored);
  make_busy();
  CHECK(std::exchange(stored, false));
  const Offset end = log->log_end_offset();
  log = nullptr;
  f.close();
  f.open();
  CHECK(f.log()->log_end_offset() == end);
}

}  // namespace odradek
