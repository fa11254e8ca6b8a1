// What compaction reads of sealed segments: by base offset and position.
#include "log/sealed_reads.h"

#include "log/segment_format.h"
#include "log_fixture.h"

namespace odradek {
namespace {

// Four batches of one record a segment, each with an index entry; eleven batches.
class Fixture : public DirectoryFixture {
 public:
  Fixture() {
    config.segment_bytes = 450;
    config.index_interval_bytes = 0;
    open();
    orders = log();
    for (int i = 0; i < 11; ++i) {
      stored.push_back(make_batch({.timestamp = 1000 - i, .value = std::string(40, 'x')}));
      REQUIRE(orders->append(stored.back(), AppendOrigin::coordinator).ok());
    }
    directory->run_once();
    const auto segments = orders->segments();
    REQUIRE(segments.ok());
    REQUIRE(segments->size() > 2);
    second = (*segments)[1].base_offset;
    end = (*segments)[1].next_offset;
    bytes = (*segments)[1].size_bytes;
  }

  std::vector<uint8_t> of_second() const {
    std::vector<uint8_t> all;
    for (int64_t i = second.value; i < end.value; ++i) {
      all.insert(all.end(), stored[i].begin(), stored[i].end());
    }
    return all;
  }

  std::shared_ptr<PartitionLog> orders;
  std::vector<std::vector<uint8_t>> stored;
  Offset second;
  Offset end;
  int64_t bytes = 0;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a sealed segment is read by position") {
  const std::vector<uint8_t> all = of_second();
  REQUIRE(static_cast<int64_t>(all.size()) == bytes);
  CHECK(*orders->read_segment(second, Position(0), 1 << 20) == all);
  const std::vector<uint8_t> middle(all.begin() + 7, all.begin() + 20);
  CHECK(*orders->read_segment(second, Position(7), 13) == middle);
  CHECK(orders->read_segment(second, Position(bytes - 1), 9)->size() == 1);
  CHECK(orders->read_segment(second, Position(bytes), 9)->empty());
  CHECK(orders->read_segment(second, Position(bytes + 1), 9)->empty());
  CHECK(orders->read_segment(second, Position(0), 0)->empty());
}

TEST_CASE_FIXTURE(Fixture, "a position is that of a batch before which none has the offset") {
  const int64_t batch = static_cast<int64_t>(stored[0].size());
  CHECK(*orders->segment_position(second, Offset(0)) == Position(0));
  for (Offset at = second; at < end; at = at + 1) {
    CAPTURE(at.value);
    const Position found = *orders->segment_position(second, at);
    CHECK(found.value % batch == 0);
    CHECK(found.value <= (at - second) * batch);
    CHECK((found.value > 0) == (at > second));
  }
  CHECK(orders->segment_position(second, end + 5)->value == bytes - batch);
}

TEST_CASE_FIXTURE(Fixture, "the detail of a segment is the same in memory and by its files") {
  for (int round = 0; round < 2; ++round) {
    CAPTURE(round);
    const auto detail = orders->segment_detail(second);
    REQUIRE(detail.ok());
    CHECK(detail->first_batch_timestamp == TimestampMs(1000 - second.value));
    CHECK(detail->offset_index_bytes == 8 * (end - second - 1));
    CHECK(detail->time_index_bytes == 12);  // later records are older
    orders = nullptr;
    close();
    open();
    orders = log();
  }
}

TEST_CASE_FIXTURE(Fixture, "what is not sealed or not there has nothing to read") {
  const Offset active = orders->segments()->back().base_offset;
  REQUIRE(orders->delete_up_to(second).ok());
  for (const Offset base : {Offset(0), second + 1, active, active + 9}) {
    CAPTURE(base.value);
    CHECK(orders->segment_detail(base).error().code == ErrorCode::offset_out_of_range);
    CHECK(orders->segment_position(base, base).error().code == ErrorCode::offset_out_of_range);
    const auto read = orders->read_segment(base, Position(0), 1);
    CHECK(read.error().code == ErrorCode::offset_out_of_range);
  }
  CHECK(orders->online());
}

TEST_CASE_FIXTURE(Fixture, "a log that is deleted is not read any more") {
  REQUIRE(directory->delete_partition(orders->topic_partition()).ok());
  const auto read = orders->read_segment(second, Position(0), 10);
  CHECK(read.error().code == ErrorCode::not_leader_or_follower);
  CHECK(directory->offline_reason().empty());
}

}  // namespace odradek
