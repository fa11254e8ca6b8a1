#include "log/open_transactions.h"

#include "base/assert.h"

namespace odradek {

void OpenTransactions::begin(ProducerId producer, LogPoint first) {
  const bool inserted =
      ongoing_.emplace(first.offset, Transaction{producer, first, kNoOffset}).second;
  ASSERT(inserted);
}

Offset OpenTransactions::end(const EndedTransaction& ended) {
  auto node = ongoing_.extract(ended.first_offset);
  ASSERT(!node.empty() && node.mapped().producer == ended.producer_id);
  node.mapped().last = ended.last_offset;
  ended_.insert(std::move(node));
  return ongoing_.empty() ? ended.last_offset + 1 : ongoing_.begin()->first;
}

void OpenTransactions::high_watermark_advanced(Offset high_watermark) {
  std::erase_if(ended_, [&](const auto& item) { return item.second.last < high_watermark; });
}

LogPoint OpenTransactions::last_stable(const LogPoint& high_watermark) const {
  LogPoint stable = high_watermark;
  for (const auto* transactions : {&ongoing_, &ended_}) {
    if (transactions->empty()) continue;
    const LogPoint& first = transactions->begin()->second.first;
    if (first.offset < stable.offset) stable = first;
  }
  return stable;
}

}  // namespace odradek
