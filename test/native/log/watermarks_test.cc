#include "log/watermarks.h"

#include <random>

#include "log_fixture.h"

namespace odradek {
namespace {

LogPoint at(int64_t offset) { return {Offset(offset), Offset(0), Position(offset * 10)}; }

}  // namespace

TEST_CASE("without flushes the high watermark follows the log end") {
  Watermarks w(at(0), INT64_MAX);
  CHECK(w.appended(at(3)));
  CHECK(w.high_watermark().offset == Offset(3));
  CHECK(w.high_watermark().position == Position(30));
  CHECK_FALSE(w.wants_flush());
  CHECK_FALSE(w.synced(at(3)));
}

TEST_CASE("with flush.messages 1 the high watermark is the durable offset") {
  Watermarks w(at(10), 1);
  CHECK_FALSE(w.appended(at(13)));
  CHECK(w.wants_flush());
  CHECK_FALSE(w.appended(at(15)));
  CHECK(w.synced(at(13)));
  CHECK(w.high_watermark().offset == Offset(13));
  CHECK(w.wants_flush());
  CHECK(w.synced(at(15)));
  CHECK_FALSE(w.wants_flush());
}

TEST_CASE("the high watermark stops at a batch's end") {
  Watermarks w(at(0), 5);
  CHECK(w.appended(at(3)));        // 3 <= 0 + 4
  CHECK_FALSE(w.appended(at(6)));  // 6 > 4: not in the middle of the batch
  CHECK(w.high_watermark().offset == Offset(3));
  CHECK(w.wants_flush());
  CHECK(w.synced(at(3)));  // bound 7
  CHECK(w.high_watermark().offset == Offset(6));
}

TEST_CASE("a stricter configuration takes nothing back") {
  Watermarks w(at(0), INT64_MAX);
  CHECK(w.appended(at(8)));
  CHECK_FALSE(w.configure(1));
  CHECK(w.high_watermark().offset == Offset(8));
  CHECK(w.wants_flush());
  CHECK_FALSE(w.appended(at(9)));
  CHECK(w.configure(INT64_MAX));
  CHECK(w.high_watermark().offset == Offset(9));
}

TEST_CASE("a truncation takes all of them back") {
  Watermarks w(at(0), 3);
  w.appended(at(4));
  w.synced(at(4));
  w.appended(at(8));
  w.truncated(at(2));
  CHECK(w.log_end().offset == Offset(2));
  CHECK(w.durable().offset == Offset(2));
  CHECK(w.high_watermark().offset == Offset(2));
  CHECK_FALSE(w.appended(at(6)));
  CHECK(w.appended(at(7)) == false);
}

TEST_CASE("the rule holds after any sequence of appends and flushes") {
  std::mt19937_64 random(7);
  for (int run = 0; run < 200; ++run) {
    const int64_t modes[] = {1, 2, 3, 10, 100, INT64_MAX};
    const int64_t flush_messages = modes[random() % 6];
    Watermarks w(at(0), flush_messages);
    std::vector<int64_t> ends = {0};
    for (int i = 0; i < 60; ++i) {
      if (random() % 3 != 0) {
        ends.push_back(ends.back() + 1 + static_cast<int64_t>(random() % 5));
        w.appended(at(ends.back()));
      } else {
        w.synced(at(ends[random() % ends.size()]));
      }
      const int64_t durable = w.durable().offset.value;
      const int64_t bound = flush_messages == INT64_MAX ? INT64_MAX : durable + flush_messages - 1;
      int64_t expected = 0;
      for (const int64_t end : ends) {
        if (end <= bound) expected = end;
      }
      REQUIRE(w.high_watermark().offset.value == expected);
    }
  }
}

TEST_CASE("thousands of ends above the high watermark are passed one by one, and forgotten") {
  Watermarks w(at(0), 1);
  for (int64_t end = 1; end <= 3000; ++end) CHECK_FALSE(w.appended(at(end)));
  for (int64_t end = 1; end <= 2000; ++end) {
    CHECK(w.committed(at(end)));
    CHECK(w.high_watermark().offset == Offset(end));
  }
  // A cut into those that are left, and among those that were passed.
  w.truncated(at(2500));
  CHECK(w.committed(at(2500)));
  CHECK(w.high_watermark().offset == Offset(2500));
  w.truncated(at(1200));
  CHECK(w.high_watermark().offset == Offset(1200));
  CHECK_FALSE(w.appended(at(1300)));
  CHECK(w.synced(at(1300)));
  CHECK(w.high_watermark().offset == Offset(1300));
}

}  // namespace odradek
