#include "data_path/partition_table.h"

#include <atomic>
#include <thread>

#include <doctest/doctest.h>

#include "fake_log.h"

namespace odradek {
namespace {

class CountingWaker final : public PartitionWaker {
 public:
  void wake(std::shared_ptr<PartitionEntry> entry) override {
    last = entry.get();
    ++wakes;
  }
  std::atomic<int> wakes{0};
  std::atomic<PartitionEntry*> last{nullptr};
};

Uuid id_of(uint8_t seed) {
  Uuid id;
  id.bytes.fill(seed);
  return id;
}

HostedPartition hosted(std::shared_ptr<PartitionLog> log, const Uuid& id, int32_t epoch = 1) {
  HostedPartition partition;
  partition.topic = log->topic_partition().topic;
  partition.topic_id = id;
  partition.partition = log->topic_partition().partition;
  partition.leader_epoch = LeaderEpoch(epoch);
  partition.log = std::move(log);
  return partition;
}

TEST_CASE("a hosted partition is found by name and id, an unhosted one is not") {
  CountingWaker waker;
  PartitionTable table({&waker});
  PartitionView view(table);
  CHECK(view.find("orders") == nullptr);
  auto log = std::make_shared<FakeLog>("orders", 2);
  table.host(hosted(log, id_of(1)));
  CHECK(log->observer_count() == 1);
  const HostedTopic* topic = view.find("orders");
  REQUIRE(topic != nullptr);
  CHECK(view.find(id_of(1)) == view.find("orders"));
  REQUIRE(topic->find(PartitionIndex(2)) != nullptr);
  CHECK(topic->find(PartitionIndex(2))->shared_log() == log);
  for (int32_t absent : {-1, 0, 1, 3, INT32_MAX, INT32_MIN}) {
    CHECK(topic->find(PartitionIndex(absent)) == nullptr);
  }
  table.unhost({"orders", PartitionIndex(1)});
  CHECK(view.find("orders") != nullptr);
  table.unhost({"orders", PartitionIndex(2)});
  CHECK(view.find("orders") == nullptr);
  CHECK(view.find(id_of(1)) == nullptr);
  CHECK(log->observer_count() == 0);
}

TEST_CASE("a new epoch of the same log keeps the entry, another log replaces it") {
  CountingWaker waker;
  PartitionTable table({&waker});
  PartitionView view(table);
  auto log = std::make_shared<FakeLog>("orders", 0);
  table.host(hosted(log, id_of(1), 1));
  const auto entry = view.find("orders")->find(PartitionIndex(0));
  entry->arm(0);
  table.host(hosted(log, id_of(1), 2));
  CHECK(view.find("orders")->find(PartitionIndex(0)) == entry);
  CHECK(entry->leader_epoch() == LeaderEpoch(2));
  CHECK(waker.wakes == 1);
  CHECK(entry->take_change(0));
  CHECK_FALSE(entry->take_change(0));

  auto other = std::make_shared<FakeLog>("orders", 0);
  table.host(hosted(other, id_of(1), 3));
  CHECK(entry->is_retired());
  CHECK(log->observer_count() == 0);
  CHECK(view.find("orders")->find(PartitionIndex(0))->shared_log() == other);
}

TEST_CASE("a partition that is unavailable is told apart from one that is unknown") {
  CountingWaker waker;
  PartitionTable table({&waker});
  PartitionView view(table);
  const auto error_of = [&](int32_t index) {
    const HostedTopic* topic = view.find("orders");
    REQUIRE(topic != nullptr);
    CHECK(topic == view.find(id_of(1)));
    CHECK(topic->find(PartitionIndex(index)) == nullptr);
    return topic->error_of(PartitionIndex(index));
  };
  table.host_unavailable({"orders", PartitionIndex(1)}, id_of(1));
  CHECK(error_of(1) == ErrorCode::kafka_storage_error);
  for (const int32_t unknown : {-1, 0, 2}) {
    CHECK(error_of(unknown) == ErrorCode::unknown_topic_or_partition);
  }

  SUBCASE("until it is hosted") {
    auto log = std::make_shared<FakeLog>("orders", 1);
    table.host(hosted(log, id_of(1)));
    CHECK(view.find("orders")->find(PartitionIndex(1))->shared_log() == log);
    table.unhost({"orders", PartitionIndex(1)});
    CHECK(view.find("orders") == nullptr);
  }
  SUBCASE("or unhosted") {
    table.unhost({"orders", PartitionIndex(0)});
    CHECK(error_of(1) == ErrorCode::kafka_storage_error);
    table.unhost({"orders", PartitionIndex(1)});
    CHECK(view.find("orders") == nullptr);
    CHECK(view.find(id_of(1)) == nullptr);
  }
  SUBCASE("or its topic was made anew") {
    auto log = std::make_shared<FakeLog>("orders", 0);
    table.host(hosted(log, id_of(2)));
    CHECK(view.find("orders")->error_of(PartitionIndex(1)) ==
          ErrorCode::unknown_topic_or_partition);
  }
  SUBCASE("and its log is let go of") {
    auto log = std::make_shared<FakeLog>("orders", 2);
    table.host(hosted(log, id_of(1)));
    const auto entry = view.find("orders")->find(PartitionIndex(2));
    table.host_unavailable({"orders", PartitionIndex(2)}, id_of(1));
    CHECK(entry->is_retired());
    CHECK(log->observer_count() == 0);
    CHECK(error_of(2) == ErrorCode::kafka_storage_error);
  }
}

TEST_CASE("a topic that was deleted and made anew has no old partitions and no old id") {
  CountingWaker waker;
  PartitionTable table({&waker});
  PartitionView view(table);
  auto old_log = std::make_shared<FakeLog>("orders", 1);
  table.host(hosted(old_log, id_of(1)));
  auto new_log = std::make_shared<FakeLog>("orders", 0);
  table.host(hosted(new_log, id_of(2)));
  CHECK(view.find(id_of(1)) == nullptr);
  REQUIRE(view.find(id_of(2)) != nullptr);
  CHECK(view.find("orders")->find(PartitionIndex(1)) == nullptr);
  CHECK(old_log->observer_count() == 0);
}

TEST_CASE("an armed reactor is woken once by many advances") {
  CountingWaker first;
  CountingWaker second;
  PartitionTable table({&first, &second});
  PartitionView view(table);
  auto log = std::make_shared<FakeLog>("orders", 0, false);
  table.host(hosted(log, id_of(1)));
  const auto entry = view.find("orders")->find(PartitionIndex(0));
  log->advance_to(Offset(1));
  CHECK(first.wakes + second.wakes == 0);
  entry->arm(1);
  log->advance_to(Offset(2));
  log->advance_to(Offset(3));
  CHECK(first.wakes == 0);
  CHECK(second.wakes == 1);
  CHECK(second.last == entry.get());
}

TEST_CASE("no advance is missed: arm, then look") {
  CountingWaker waker;
  PartitionTable table({&waker});
  PartitionView view(table);
  auto log = std::make_shared<FakeLog>("orders", 0, false);
  table.host(hosted(log, id_of(1)));
  const auto entry = view.find("orders")->find(PartitionIndex(0));
  constexpr int64_t kAdvances = 20000;
  std::thread advancing([&] {
    for (int64_t i = 1; i <= kAdvances; ++i) log->advance_to(Offset(i));
  });
  // A reactor's life: arm, look, sleep until woken.
  int seen_wakes = 0;
  bool slept_over = false;
  for (;;) {
    entry->arm(0);
    if (log->high_watermark() >= Offset(kAdvances)) break;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (waker.wakes.load() == seen_wakes && !slept_over) {
      slept_over = std::chrono::steady_clock::now() > end;
    }
    if (slept_over) break;
    seen_wakes = waker.wakes.load();
  }
  advancing.join();
  CHECK_FALSE(slept_over);
}

TEST_CASE("readers on other threads see what was hosted before they asked") {
  CountingWaker waker;
  PartitionTable table({&waker});
  std::atomic<int> hosted_up_to{-1};
  std::atomic<bool> missed{false};
  std::thread reader([&] {
    PartitionView view(table);
    for (int upto = 0; upto < 199;) {
      upto = hosted_up_to.load();
      if (upto < 0) continue;
      const HostedTopic* topic = view.find("topic-" + std::to_string(upto));
      if (topic == nullptr || topic->find(PartitionIndex(0)) == nullptr) missed = true;
    }
  });
  for (int i = 0; i < 200; ++i) {
    auto log = std::make_shared<FakeLog>("topic-" + std::to_string(i), 0);
    table.host(hosted(log, id_of(static_cast<uint8_t>(i))));
    hosted_up_to = i;
  }
  reader.join();
  CHECK_FALSE(missed);
}

}  // namespace
}  // namespace odradek
