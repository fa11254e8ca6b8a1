// A log with everything in it that can be damaged, for tests that damage it.
#pragma once

#include <random>

#include "log_fixture.h"

namespace odradek {

inline constexpr const char* kFolder = "/data/orders-0";

// Fills that folder of an open directory, and flushes it: several segments with producers,
// transactions, aborts and leader epochs.
inline void append_events(DirectoryFixture& fixture, std::mt19937_64& random) {
  fixture.config.segment_bytes = 1500;
  fixture.config.index_interval_bytes = 200;
  const auto log = fixture.log();
  std::vector<int32_t> sequences(3, 0);
  for (int i = 0; i < 40; ++i) {
    const auto producer = static_cast<int64_t>(random() % 3);
    BatchSpec spec{.records = 1 + static_cast<int>(random() % 3),
                   .timestamp = 1700000000000 + static_cast<int64_t>(random() % 2000)};
    if (random() % 3 != 0) {
      spec.producer = ProducerId(producer);
      spec.sequence = sequences[static_cast<size_t>(producer)];
      spec.transactional = true;
      sequences[static_cast<size_t>(producer)] += spec.records;
    }
    append(*log, spec);
    if (random() % 6 == 0) log->become_leader(log->leader_epoch() + 1);
    if (random() % 4 != 0) continue;
    std::vector<uint8_t> marker = make_marker(ProducerId(producer), 0, random() % 2 == 0);
    REQUIRE(log->append(marker, AppendOrigin::coordinator).ok());
  }
  REQUIRE(log->flush().ok());
}

}  // namespace odradek
