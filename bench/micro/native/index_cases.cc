#include <memory>

#include "base/assert.h"
#include "cases.h"
#include "log/offset_index.h"
#include "log/time_index.h"
#include "sample_batch.h"

namespace odradek::micro {
namespace {

// Entries lie so far apart: as many offsets, milliseconds and KiB.
constexpr int64_t kStep = 10;

std::shared_ptr<OffsetIndex> offset_index(int64_t entries) {
  auto index = std::make_shared<OffsetIndex>(Offset(0));
  for (int64_t i = 0; i < entries; ++i) index->append(Offset(i * kStep), Position(i * kStep << 10));
  return index;
}

std::shared_ptr<TimeIndex> time_index(int64_t entries) {
  auto index = std::make_shared<TimeIndex>(Offset(0));
  for (int64_t i = 0; i < entries; ++i) index->offer({kNow + i * kStep, Offset(i * kStep)});
  return index;
}

}  // namespace

std::vector<Case> index_cases() {
  std::vector<Case> cases;
  for (const auto& [entries, label] :
       {std::pair<int64_t, std::string>{1000, "1000"}, {100000, "100000"}}) {
    const auto places = std::make_shared<Scattered>(static_cast<size_t>(entries * kStep));
    const auto offsets = offset_index(entries);
    const auto times_written = time_index(entries);
    ASSERT(offsets->size() == times_written->size());
    cases.push_back({"offset-index-" + label, [places, offsets](size_t times) {
                       for (; times > 0; --times) {
                         const Offset sought(static_cast<int64_t>(places->next()));
                         keep(offsets->floor(sought));
                       }
                     }});
    cases.push_back({"time-index-" + label, [places, times_written](size_t times) {
                       for (; times > 0; --times) {
                         keep(times_written->below(kNow + static_cast<int64_t>(places->next())));
                       }
                     }});
  }
  return cases;
}

}  // namespace odradek::micro
