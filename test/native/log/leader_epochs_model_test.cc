// Leader epochs against the plainest model there is: the epoch of every single offset.
#include <random>
#include <vector>

#include "log/leader_epochs.h"
#include "log_fixture.h"

namespace odradek {
namespace {

// A log of records that each know their epoch. Offsets below `start` are deleted.
class EpochPerOffset {
 public:
  int64_t start() const { return start_; }
  int64_t end() const { return static_cast<int64_t>(epochs_.size()); }
  int32_t latest() const { return epochs_.empty() ? -1 : epochs_.back(); }

  void append(int32_t epoch, int64_t count) {
    epochs_.insert(epochs_.end(), static_cast<size_t>(count), epoch);
  }
  void truncate_end(int64_t end) { epochs_.resize(static_cast<size_t>(end)); }
  void truncate_start(int64_t start) { start_ = start; }

  int32_t at(int64_t offset) const {
    return offset < start_ || offset >= end() ? -1 : epochs_[static_cast<size_t>(offset)];
  }
  // Where `epoch` ends, as Kafka's OffsetForLeaderEpoch has it.
  std::pair<int32_t, int64_t> end_of(int32_t epoch) const {
    if (start_ == end() || epoch < 0 || epoch > latest()) return {-1, -1};
    int32_t found = epoch;
    int64_t offset = start_;
    for (; offset < end() && at(offset) <= epoch; ++offset) found = at(offset);
    return {found, offset};
  }

 private:
  std::vector<int32_t> epochs_;
  int64_t start_ = 0;
};

std::pair<int32_t, int64_t> end_of(const LeaderEpochs& epochs, int32_t epoch, int64_t log_end) {
  LeaderEpoch found;
  const Offset end = epochs.end_offset_of(LeaderEpoch(epoch), Offset(log_end), &found);
  return {found.value, end.value};
}

void check_same(const LeaderEpochs& epochs, const EpochPerOffset& model) {
  for (int64_t offset = 0; offset < model.start(); offset += 3) {
    REQUIRE(epochs.at(Offset(offset)) == kNoLeaderEpoch);
  }
  for (int64_t offset = model.start(); offset < model.end(); ++offset) {
    REQUIRE(epochs.at(Offset(offset)).value == model.at(offset));
  }
  if (model.start() == model.end()) return;
  REQUIRE(epochs.latest().value == model.latest());
  for (int32_t epoch = -1; epoch <= model.latest() + 1; ++epoch) {
    CAPTURE(epoch);
    REQUIRE(end_of(epochs, epoch, model.end()) == model.end_of(epoch));
  }
}

}  // namespace

TEST_CASE("leader epochs know the epoch of every offset, through appends and cuts at both ends") {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    LeaderEpochs epochs;
    EpochPerOffset model;
    int32_t epoch = static_cast<int32_t>(random() % 3);
    for (int step = 0; step < 60; ++step) {
      CAPTURE(step);
      const auto kept = static_cast<uint64_t>(model.end() - model.start());
      switch (random() % 6) {
        case 0:
          epoch += 1 + static_cast<int32_t>(random() % 3);
          break;
        case 1:
          if (kept > 1) {
            const int64_t end = model.end() - static_cast<int64_t>(random() % (kept - 1));
            epochs.truncate_end(Offset(end));
            model.truncate_end(end);
          }
          break;
        case 2:
          if (kept > 1) {
            const int64_t start = model.start() + static_cast<int64_t>(random() % (kept - 1));
            epochs.truncate_start(Offset(start));
            model.truncate_start(start);
          }
          break;
        default: {
          const bool is_news = epoch > epochs.latest().value;
          CHECK(epochs.assign(LeaderEpoch(epoch), Offset(model.end())) == is_news);
          model.append(epoch, 1 + static_cast<int64_t>(random() % 5));
          break;
        }
      }
      check_same(epochs, model);
      const auto parsed = LeaderEpochs::parse(epochs.format());
      REQUIRE(parsed.has_value());
      REQUIRE(parsed->entries() == epochs.entries());
    }
  }
}

TEST_CASE("a cut tells whether it changed anything") {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    LeaderEpochs epochs;
    int64_t offset = 0;
    for (int32_t epoch = 0; epoch < 8; ++epoch) {
      epochs.assign(LeaderEpoch(epoch), Offset(offset));
      offset += 1 + static_cast<int64_t>(random() % 10);
    }
    const Offset cut(static_cast<int64_t>(random() % static_cast<uint64_t>(offset + 5)));
    for (const bool at_end : {true, false}) {
      LeaderEpochs after = epochs;
      const bool changed = at_end ? after.truncate_end(cut) : after.truncate_start(cut);
      CHECK(changed == (after.entries() != epochs.entries()));
      const bool again = at_end ? after.truncate_end(cut) : after.truncate_start(cut);
      CHECK_FALSE(again);
      for (size_t i = 1; i < after.entries().size(); ++i) {
        CHECK(after.entries()[i - 1].epoch < after.entries()[i].epoch);
        CHECK(after.entries()[i - 1].start_offset < after.entries()[i].start_offset);
      }
    }
  }
}

TEST_CASE("a checkpoint with any character changed is refused or read in order") {
  LeaderEpochs epochs;
  for (int32_t epoch = 0; epoch < 5; ++epoch) {
    epochs.assign(LeaderEpoch(3 * epoch), Offset(120 * epoch));
  }
  const std::string text = epochs.format();
  for (size_t at = 0; at < text.size(); ++at) {
    for (const char other : {'0', '9', ' ', '\n', '-', 'x', '\0'}) {
      std::string changed = text;
      changed[at] = other;
      const auto parsed = LeaderEpochs::parse(changed);
      if (!parsed) continue;
      CAPTURE(changed);
      for (size_t i = 0; i < parsed->entries().size(); ++i) {
        CHECK(parsed->entries()[i].epoch >= LeaderEpoch(0));
        CHECK(parsed->entries()[i].start_offset >= Offset(0));
        if (i == 0) continue;
        CHECK(parsed->entries()[i - 1].epoch < parsed->entries()[i].epoch);
        CHECK(parsed->entries()[i - 1].start_offset < parsed->entries()[i].start_offset);
      }
    }
  }
  // Cut short anywhere it is no file of this length.
  for (size_t size = 0; size < text.size(); ++size) {
    CHECK_FALSE(LeaderEpochs::parse(std::string_view(text).substr(0, size)));
  }
}

}  // namespace odradek
