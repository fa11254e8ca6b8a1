#include "log/leader_epochs.h"

#include "log_fixture.h"

namespace odradek {
namespace {

LeaderEpochs epochs(std::initializer_list<std::pair<int32_t, int64_t>> list) {
  LeaderEpochs made;
  for (const auto& [epoch, start] : list) REQUIRE(made.assign(LeaderEpoch(epoch), Offset(start)));
  return made;
}

std::pair<int32_t, int64_t> end_of(const LeaderEpochs& from, int32_t epoch) {
  LeaderEpoch found;
  const Offset end = from.end_offset_of(LeaderEpoch(epoch), Offset(100), &found);
  return {found.value, end.value};
}

}  // namespace

TEST_CASE("an epoch is news only if it is above the latest") {
  LeaderEpochs e = epochs({{0, 0}, {4, 20}});
  CHECK_FALSE(e.assign(LeaderEpoch(4), Offset(30)));
  CHECK_FALSE(e.assign(LeaderEpoch(3), Offset(30)));
  CHECK_FALSE(e.assign(kNoLeaderEpoch, Offset(30)));
  CHECK(e.latest() == LeaderEpoch(4));
  // One that wrote nothing gives way.
  CHECK(e.assign(LeaderEpoch(6), Offset(20)));
  CHECK(e.entries().size() == 2);
  CHECK(e.entries().back() == LeaderEpochStart{LeaderEpoch(6), Offset(20)});
}

TEST_CASE("the end of an epoch is where the next one begins") {
  const LeaderEpochs e = epochs({{2, 10}, {4, 20}, {7, 50}});
  CHECK(end_of(e, 7) == std::pair(7, int64_t{100}));
  CHECK(end_of(e, 4) == std::pair(4, int64_t{50}));
  CHECK(end_of(e, 6) == std::pair(4, int64_t{50}));
  CHECK(end_of(e, 3) == std::pair(2, int64_t{20}));
  CHECK(end_of(e, 1) == std::pair(1, int64_t{10}));
  CHECK(end_of(e, 8) == std::pair(-1, int64_t{-1}));
  CHECK(end_of(e, -1) == std::pair(-1, int64_t{-1}));
  CHECK(end_of(LeaderEpochs(), 0) == std::pair(-1, int64_t{-1}));
  CHECK(e.at(Offset(9)) == kNoLeaderEpoch);
  CHECK(e.at(Offset(10)) == LeaderEpoch(2));
  CHECK(e.at(Offset(49)) == LeaderEpoch(4));
}

TEST_CASE("epochs are cut with the log, at both ends") {
  LeaderEpochs e = epochs({{2, 10}, {4, 20}, {7, 50}});
  CHECK_FALSE(e.truncate_end(Offset(51)));
  CHECK(e.truncate_end(Offset(50)));
  CHECK(e.latest() == LeaderEpoch(4));
  CHECK_FALSE(e.truncate_start(Offset(5)));
  CHECK_FALSE(e.truncate_start(Offset(10)));
  CHECK(e.truncate_start(Offset(15)));
  CHECK(e.entries().front() == LeaderEpochStart{LeaderEpoch(2), Offset(15)});
  CHECK(e.truncate_start(Offset(30)));
  CHECK(e.entries() == std::vector{LeaderEpochStart{LeaderEpoch(4), Offset(30)}});
}

TEST_CASE("the epoch checkpoint is Kafka's text, and a broken one is told") {
  const LeaderEpochs e = epochs({{0, 7}, {4, 1200}});
  CHECK(e.format() == "0\n2\n0 7\n4 1200\n");
  CHECK(LeaderEpochs().format() == "0\n0\n");
  CHECK(LeaderEpochs::parse(e.format())->entries() == e.entries());
  for (const char* broken :
       {"", "0\n", "1\n0\n", "0\n1\n", "0\n2\n0 7\n", "0\n1\n0 7 8\n", "0\n1\nx 7\n", "0\n1\n0 7",
        "0\n1\n0 -7\n", "0\n2\n4 7\n0 8\n", "0\n2\n0 7\n1 7\n", "0\n1\n0 7\nrest\n"}) {
    CAPTURE(broken);
    CHECK_FALSE(LeaderEpochs::parse(broken));
  }
}

}  // namespace odradek
