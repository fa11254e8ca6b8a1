// Fetch sessions and their cache against plain lists that are searched from the front.
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "data_path/fetch_session.h"
#include "data_path/fetch_session_cache.h"

namespace odradek {
namespace {

using Random = std::mt19937_64;

struct PlainPartition {
  std::string topic;
  int32_t index;
  int64_t offset;
  bool operator==(const PlainPartition&) const = default;
};

// A request, and the topic names that its views point to.
struct OwnedRequest {
  void ask(const PlainPartition& partition) {
    request.topics.push_back(
        {keep(partition.topic), Uuid{}, static_cast<uint32_t>(request.partitions.size()), 1});
    FetchRequest::Partition asked;
    asked.index = PartitionIndex(partition.index);
    asked.fetch_offset = Offset(partition.offset);
    request.partitions.push_back(asked);
  }
  void forget(const std::string& topic, int32_t index) {
    request.forgotten_topics.push_back(
        {keep(topic), Uuid{}, static_cast<uint32_t>(request.forgotten.size()), 1});
    request.forgotten.emplace_back(index);
  }
  std::string_view keep(const std::string& name) {
    names.push_back(std::make_unique<std::string>(name));
    return *names.back();
  }

  FetchRequest request;
  std::vector<std::unique_ptr<std::string>> names;
};

std::vector<PlainPartition> content(FetchSession& session) {
  std::vector<PlainPartition> all;
  for (const SessionPartition& each : session.partitions()) {
    all.push_back({each.topic, each.asked.index.value, each.asked.fetch_offset.value});
  }
  return all;
}

auto find(std::vector<PlainPartition>& list, const std::string& topic, int32_t index) {
  return std::find_if(list.begin(), list.end(), [&](const PlainPartition& each) {
    return each.topic == topic && each.index == index;
  });
}

// Names long and short, so that views into a moved string would be noticed.
std::string any_topic(Random& random) {
  static const char* const kTopics[] = {"a", "b", "a-topic-with-a-name-that-is-not-stored-inline"};
  return kTopics[random() % std::size(kTopics)];
}

FetchRequest request_of(size_t partitions, int32_t replica_id) {
  FetchRequest request;
  request.header.api_version = 12;
  request.replica_id = replica_id;
  request.topics.push_back({"t", Uuid{}, 0, static_cast<uint32_t>(partitions)});
  for (size_t i = 0; i < partitions; ++i) {
    FetchRequest::Partition partition;
    partition.index = PartitionIndex(static_cast<int32_t>(i));
    request.partitions.push_back(partition);
  }
  return request;
}

// What the cache must remember of a session.
struct PlainSlot {
  int32_t id;
  bool privileged;
  size_t partitions;
  int64_t created_ms;
  int64_t used_ms;
};

// Whether a newcomer gets a slot, and which sessions could have given it up.
struct Eviction {
  bool granted = false;
  std::vector<int32_t> victims;
};

Eviction expected_eviction(const std::vector<PlainSlot>& slots, size_t limit, bool privileged,
                           size_t partitions, int64_t now_ms) {
  Eviction eviction;
  eviction.granted = slots.size() < limit;
  if (eviction.granted) return eviction;
  for (const PlainSlot& slot : slots) {
    if (now_ms - slot.used_ms > kFetchSessionStaleMs) eviction.victims.push_back(slot.id);
  }
  if (eviction.victims.empty()) {
    const auto worth = [](const PlainSlot& slot) {
      return std::pair(slot.privileged, slot.partitions);
    };
    std::vector<PlainSlot> candidates;
    for (const PlainSlot& slot : slots) {
      const bool is_old = now_ms - slot.created_ms > kFetchSessionStaleMs;
      if (is_old || (privileged && !slot.privileged)) candidates.push_back(slot);
    }
    if (candidates.empty()) return eviction;
    const PlainSlot least = *std::min_element(
        candidates.begin(), candidates.end(),
        [&](const auto& one, const auto& other) { return worth(one) < worth(other); });
    if (std::pair(privileged, partitions) < worth(least)) return eviction;
    for (const PlainSlot& slot : candidates) {
      if (worth(slot) == worth(least)) eviction.victims.push_back(slot.id);
    }
  }
  eviction.granted = true;
  return eviction;
}

}  // namespace

TEST_CASE("a session is the list of what was asked, less what was forgotten, in serving order") {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    FetchSession session(1, false, false, 0);
    std::vector<PlainPartition> model;
    for (int step = 0; step < 60; ++step) {
      CAPTURE(step);
      if (random() % 3 == 0 && !model.empty()) {
        auto moved = model.begin() + static_cast<ptrdiff_t>(random() % model.size());
        session.move_to_end({moved->topic, Uuid{}, PartitionIndex(moved->index)});
        std::rotate(moved, moved + 1, model.end());
      } else {
        OwnedRequest owned;
        std::vector<std::pair<std::string, int32_t>> forgotten;
        for (uint64_t count = random() % 5; count > 0; --count) {
          const PlainPartition asked{any_topic(random), static_cast<int32_t>(random() % 4),
                                     static_cast<int64_t>(random() % 1000)};
          owned.ask(asked);
          auto known = find(model, asked.topic, asked.index);
          if (known == model.end()) {
            model.push_back(asked);
          } else {
            *known = asked;
          }
        }
        for (uint64_t count = random() % 3; count > 0; --count) {
          const std::string topic = any_topic(random);
          const auto index = static_cast<int32_t>(random() % 4);
          owned.forget(topic, index);
          auto known = find(model, topic, index);
          if (known != model.end()) model.erase(known);
        }
        session.update(owned.request);
      }
      REQUIRE(content(session) == model);
      REQUIRE(session.size() == model.size());
      for (int32_t index = 0; index < 4; ++index) {
        const std::string topic = any_topic(random);
        SessionPartition* found = session.find({topic, Uuid{}, PartitionIndex(index)});
        REQUIRE((found != nullptr) == (find(model, topic, index) != model.end()));
        if (found != nullptr) CHECK(found->key() == FetchKey{topic, Uuid{}, PartitionIndex(index)});
      }
    }
  }
}

TEST_CASE("partitions by id are told apart by all of the id") {
  FetchSession session(1, true, false, 0);
  for (uint8_t topic = 1; topic <= 20; ++topic) {
    FetchRequest request;
    Uuid id;
    id.bytes[topic % 16] = topic;
    request.topics.push_back({"", id, 0, 1});
    request.partitions.emplace_back();
    session.update(request);
    session.update(request);  // the same again adds nothing
    CHECK(session.size() == topic);
    REQUIRE(session.find({"", id, PartitionIndex(0)}) != nullptr);
    CHECK(session.find({"", id, PartitionIndex(1)}) == nullptr);
    CHECK(session.find({"x", id, PartitionIndex(0)}) == nullptr);
  }
}

TEST_CASE("a full cache gives slots away by age and worth alone") {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const size_t limit = 1 + random() % 6;
    FetchSessionCache cache(limit, seed);
    std::vector<PlainSlot> model;
    int64_t now_ms = 1000;
    for (int step = 0; step < 80; ++step) {
      CAPTURE(step);
      now_ms += static_cast<int64_t>(random() % 60000);
      if (random() % 2 == 0) {
        const bool privileged = random() % 4 == 0;
        const size_t partitions = 1 + random() % 4;
        const Eviction expected = expected_eviction(model, limit, privileged, partitions, now_ms);
        const auto session = cache.create(request_of(partitions, privileged ? 1 : -1), now_ms);
        REQUIRE((session != nullptr) == expected.granted);
        if (session == nullptr) continue;
        REQUIRE(session->id() > 0);
        CHECK(session->is_privileged() == privileged);
        CHECK(session->size() == partitions);
        if (!expected.victims.empty()) {
          // One of those that may go has gone. Looking must not count as a use of the others.
          REQUIRE(cache.size() == model.size());
          std::vector<PlainSlot> left;
          for (const PlainSlot& slot : model) {
            if (cache.find(slot.id, slot.used_ms) != nullptr) {
              left.push_back(slot);
            } else {
              CHECK(std::count(expected.victims.begin(), expected.victims.end(), slot.id) == 1);
            }
          }
          REQUIRE(left.size() + 1 == model.size());
          model = left;
        }
        for (const PlainSlot& slot : model) CHECK(slot.id != session->id());
        model.push_back({session->id(), privileged, partitions, now_ms, now_ms});
      } else if (!model.empty()) {
        const size_t at = random() % model.size();
        switch (random() % 4) {
          case 0:
            cache.remove(model[at].id);
            model.erase(model.begin() + static_cast<ptrdiff_t>(at));
            break;
          case 1:
            model[at].partitions = random() % 5;
            cache.resized(model[at].id, model[at].partitions);
            break;
          default:
            REQUIRE(cache.find(model[at].id, now_ms) != nullptr);
            model[at].used_ms = now_ms;
            break;
        }
      }
      REQUIRE(cache.size() == model.size());
      REQUIRE(cache.size() <= limit);
    }
  }
}

TEST_CASE("a session without its slot lives on for who holds it") {
  FetchSessionCache cache(1, 7);
  const auto held = cache.create(request_of(3, -1), 0);
  REQUIRE(held != nullptr);
  cache.remove(held->id());
  CHECK(cache.find(held->id(), 1) == nullptr);
  CHECK(held->size() == 3);
  cache.remove(held->id());  // nothing happens
  cache.resized(held->id(), 5);
  CHECK(cache.size() == 0);
}

}  // namespace odradek
