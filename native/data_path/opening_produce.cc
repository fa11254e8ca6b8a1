#include "data_path/opening_produce.h"

#include "base/assert.h"

namespace odradek {

OpeningProduce::OpeningProduce(ByteSpan frame, ProduceWork work, int64_t began_ns)
    : frame_(frame.begin(), frame.end()), work_(std::move(work)), began_ns_(began_ns) {
  ASSERT(!work_.openings.empty());
  for (ProduceWork::Opening& opening : work_.openings) {
    const auto at = static_cast<size_t>(opening.batch.data() - frame.data());
    ASSERT(at + opening.batch.size() <= frame_.size());
    opening.batch = ByteSpan(frame_).subspan(at, opening.batch.size());
  }
  WireReader reader(frame_);
  const auto header = read_request_header(reader);
  ASSERT(header.has_value());
  const bool decoded = decode_produce_request(*header, reader, &request_);
  ASSERT(decoded);  // it was once before
}

bool OpeningProduce::settle(uint64_t token, BatchVerdict verdict, std::vector<uint8_t> replacement,
                            ProducePath& path) {
  auto found = waiting_.find(token);
  if (found == waiting_.end()) return false;
  const ProduceWork::Opening& opening = work_.openings[found->second];
  waiting_.erase(found);
  if (verdict.code == ErrorCode::none) {
    const ByteSpan batch = replacement.empty() ? opening.batch : ByteSpan(replacement);
    path.append_opened(request_, opening.partition, opening.entry, batch, &work_);
    return true;
  }
  ProduceResult& result = work_.results[opening.partition];
  result.code = verdict.code;
  result.message = std::move(verdict.message);
  result.faults = std::move(verdict.faults);
  tell_log_start(*opening.entry, &result);
  path.count_refused(*opening.entry, result.code, opening.batch.size());
  return true;
}

std::vector<uint64_t> OpeningProduce::tokens() const {
  std::vector<uint64_t> tokens;
  for (const auto& entry : waiting_) tokens.push_back(entry.first);
  return tokens;
}

}  // namespace odradek
