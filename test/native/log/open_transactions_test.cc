#include "log/open_transactions.h"

#include "log_fixture.h"

namespace odradek {
namespace {

LogPoint at(int64_t offset) { return {Offset(offset), Offset(0), Position(offset * 10)}; }

EndedTransaction ended(int64_t producer, int64_t first, int64_t last) {
  return {ProducerId(producer), Offset(first), Offset(last), false};
}

}  // namespace

TEST_CASE("the last stable offset is where the oldest open transaction begins") {
  OpenTransactions open;
  CHECK(open.last_stable(at(100)).offset == Offset(100));
  open.begin(ProducerId(5), at(5));
  open.begin(ProducerId(6), at(8));
  CHECK(open.last_stable(at(100)).offset == Offset(5));
  CHECK(open.last_stable(at(100)).position == Position(50));
  CHECK(open.last_stable(at(3)).offset == Offset(3));
  // What Kafka wrote into the golden directory's aborted index for these two.
  CHECK(open.end(ended(6, 8, 14)) == Offset(5));
  CHECK(open.end(ended(5, 5, 18)) == Offset(19));
}

TEST_CASE("an ended transaction counts as open until its marker is below the high watermark") {
  OpenTransactions open;
  open.begin(ProducerId(5), at(5));
  open.end(ended(5, 5, 18));
  CHECK(open.last_stable(at(18)).offset == Offset(5));
  open.high_watermark_advanced(Offset(18));
  CHECK(open.last_stable(at(18)).offset == Offset(5));
  open.high_watermark_advanced(Offset(19));
  CHECK(open.empty());
  CHECK(open.last_stable(at(19)).offset == Offset(19));
}

}  // namespace odradek
