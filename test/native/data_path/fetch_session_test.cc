#include "data_path/fetch_session.h"

#include <doctest/doctest.h>

#include "data_path/fetch_session_cache.h"

namespace odradek {
namespace {

struct Named {
  std::string_view topic;
  int32_t partition;
  int64_t offset;
};

FetchRequest request_of(std::vector<Named> asked, std::vector<Named> forgotten = {},
                        int32_t replica = -1) {
  FetchRequest request;
  request.header.api_version = 12;
  request.replica_id = replica;
  for (const Named& each : asked) {
    request.topics.push_back(
        {each.topic, Uuid{}, static_cast<uint32_t>(request.partitions.size()), 1});
    FetchRequest::Partition partition;
    partition.index = PartitionIndex(each.partition);
    partition.fetch_offset = Offset(each.offset);
    request.partitions.push_back(partition);
  }
  for (const Named& each : forgotten) {
    request.forgotten_topics.push_back(
        {each.topic, Uuid{}, static_cast<uint32_t>(request.forgotten.size()), 1});
    request.forgotten.emplace_back(each.partition);
  }
  return request;
}

std::vector<std::string> order(FetchSession& session) {
  std::vector<std::string> names;
  for (const SessionPartition& partition : session.partitions()) {
    names.push_back(partition.topic + std::to_string(partition.asked.index.value));
  }
  return names;
}

using Names = std::vector<std::string>;

TEST_CASE("a session adds, renews and forgets") {
  FetchSession session(1, false, false, 0);
  session.update(request_of({{"a", 0, 5}, {"a", 1, 6}, {"b", 0, 7}}));
  CHECK(order(session) == Names{"a0", "a1", "b0"});
  session.update(request_of({{"a", 1, 60}, {"c", 0, 1}}, {{"a", 0, 0}, {"nobody", 3, 0}}));
  CHECK(order(session) == Names{"a1", "b0", "c0"});
  CHECK(session.find({"a", Uuid{}, PartitionIndex(1)})->asked.fetch_offset == Offset(60));
  CHECK(session.find({"a", Uuid{}, PartitionIndex(0)}) == nullptr);
}

TEST_CASE("who got records is served last") {
  FetchSession session(1, false, false, 0);
  session.update(request_of({{"a", 0, 0}, {"b", 0, 0}, {"c", 0, 0}}));
  session.move_to_end({"a", Uuid{}, PartitionIndex(0)});
  CHECK(order(session) == Names{"b0", "c0", "a0"});
  session.move_to_end({"a", Uuid{}, PartitionIndex(0)});
  session.move_to_end({"c", Uuid{}, PartitionIndex(0)});
  CHECK(order(session) == Names{"b0", "a0", "c0"});
}

TEST_CASE("the epoch starts at 1 and turns over to 1") {
  FetchSession session(1, false, false, 0);
  CHECK(session.epoch() == 1);
  session.next_epoch();
  CHECK(session.epoch() == 2);
  CHECK(FetchSession::epoch_after(INT32_MAX - 1) == INT32_MAX);
  CHECK(FetchSession::epoch_after(INT32_MAX) == 1);
}

TEST_CASE("a full cache keeps what is used") {
  FetchSessionCache cache(2, 1);
  auto first = cache.create(request_of({{"a", 0, 0}}), 0);
  auto second = cache.create(request_of({{"a", 0, 0}, {"a", 1, 0}}), 0);
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->id() != second->id());
  CHECK(first->id() > 0);
  CHECK_FALSE(cache.create(request_of({{"a", 0, 0}, {"b", 0, 0}, {"c", 0, 0}}), 1000));
  CHECK(cache.find(first->id(), 1000) == first);
  CHECK(cache.find(12345, 1000) == nullptr);
}

TEST_CASE("a session that was not used for two minutes makes room") {
  FetchSessionCache cache(2, 1);
  auto idle = cache.create(request_of({{"a", 0, 0}}), 0);
  auto used = cache.create(request_of({{"a", 0, 0}}), 0);
  cache.find(used->id(), kFetchSessionStaleMs);
  CHECK(cache.create(request_of({{"b", 0, 0}}), kFetchSessionStaleMs + 1));
  CHECK(cache.find(idle->id(), kFetchSessionStaleMs + 1) == nullptr);
  CHECK(cache.find(used->id(), kFetchSessionStaleMs + 1) == used);
}

TEST_CASE("an old session gives way to a larger one, not to a smaller one") {
  FetchSessionCache cache(1, 1);
  auto old = cache.create(request_of({{"a", 0, 0}, {"b", 0, 0}}), 0);
  const int64_t now = kFetchSessionStaleMs + 1;
  cache.find(old->id(), now);
  CHECK_FALSE(cache.create(request_of({{"c", 0, 0}}), now));
  CHECK(cache.create(request_of({{"c", 0, 0}, {"d", 0, 0}, {"e", 0, 0}}), now));
  CHECK(cache.find(old->id(), now) == nullptr);
}

TEST_CASE("a follower takes a consumer's slot, never the other way round") {
  FetchSessionCache cache(1, 1);
  auto consumer = cache.create(request_of({{"a", 0, 0}, {"b", 0, 0}}), 0);
  auto follower = cache.create(request_of({{"a", 0, 0}}, {}, 2), 10);
  REQUIRE(follower);
  CHECK(cache.find(consumer->id(), 10) == nullptr);
  const int64_t now = kFetchSessionStaleMs + 100;
  cache.find(follower->id(), now);
  CHECK_FALSE(cache.create(request_of({{"a", 0, 0}, {"b", 0, 0}, {"c", 0, 0}}), now));
}

TEST_CASE("without slots there are no sessions") {
  FetchSessionCache cache(0, 1);
  CHECK_FALSE(cache.create(request_of({{"a", 0, 0}}), 0));
  CHECK(cache.size() == 0);
}

}  // namespace
}  // namespace odradek
