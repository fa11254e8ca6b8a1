#include <memory>

#include "base/assert.h"
#include "batch/batch_validator.h"
#include "batch/batch_view.h"
#include "cases.h"
#include "sample_batch.h"

namespace odradek::micro {
namespace {

constexpr int16_t kProduceVersion = 13;

void validate(ByteSpan batch) {
  const BatchVerdict verdict =
      validate_produced_batch(batch, ValidationRules(), kNow, kProduceVersion);
  ASSERT(verdict.code == ErrorCode::none && verdict.batch_bytes == batch.size());
}

}  // namespace

std::vector<Case> batch_cases() {
  std::vector<Case> cases;
  const auto add = [&cases](const std::string& label, int records, size_t value_bytes) {
    const auto batch = std::make_shared<std::vector<uint8_t>>(sample_batch(records, value_bytes));
    cases.push_back({"validate-" + label, [batch](size_t times) {
                       for (; times > 0; --times) validate(*batch);
                     }});
    cases.push_back({"checksum-" + label, [batch](size_t times) {
                       const BatchView view = *BatchView::at(*batch);
                       for (; times > 0; --times) ASSERT(view.crc_matches());
                     }});
  };
  add("1", 1, 1024);
  add("1000", 1000, 100);
  add("1000x1k", 1000, 1000);
  return cases;
}

}  // namespace odradek::micro
