#include "log/aborted_index.h"

#include "log_fixture.h"

namespace odradek {
namespace {

const std::vector<AbortedIndexEntry> kTwo = {
    {ProducerId(6), Offset(8), Offset(14), Offset(5)},
    {ProducerId(5), Offset(22), Offset(23), Offset(24)},
};

std::vector<int64_t> collected(Offset from, Offset to, bool* more = nullptr) {
  std::vector<AbortedTransaction> found;
  const bool later = AbortedIndex(kTwo).collect(from, to, &found);
  if (more != nullptr) *more = later;
  std::vector<int64_t> firsts;
  for (const auto& transaction : found) firsts.push_back(transaction.first_offset.value);
  return firsts;
}

}  // namespace

TEST_CASE("aborted transactions that overlap a range are found") {
  CHECK(collected(Offset(0), Offset(8)).empty());
  CHECK(collected(Offset(0), Offset(9)) == std::vector<int64_t>{8});
  CHECK(collected(Offset(14), Offset(20)) == std::vector<int64_t>{8});
  CHECK(collected(Offset(15), Offset(22)).empty());
  CHECK(collected(Offset(0), Offset(30)) == std::vector<int64_t>{8, 22});
  CHECK(collected(Offset(24), Offset(30)).empty());
}

TEST_CASE("a range that ends at or before the last stable offset of an entry needs no later one") {
  bool more = false;
  collected(Offset(0), Offset(5), &more);
  CHECK_FALSE(more);
  collected(Offset(0), Offset(24), &more);
  CHECK_FALSE(more);
  collected(Offset(0), Offset(25), &more);
  CHECK(more);
}

TEST_CASE("an aborted index survives its file, and a broken file is told") {
  std::vector<uint8_t> bytes = encode_aborted_index(kTwo);
  CHECK(bytes.size() == 68);
  const auto decoded = decode_aborted_index(bytes);
  REQUIRE(decoded.has_value());
  CHECK(encode_aborted_index(*decoded) == bytes);
  CHECK(decoded->at(1).first_offset == Offset(22));
  CHECK(decode_aborted_index({}).value().empty());
  CHECK_FALSE(decode_aborted_index(ByteView(bytes).first(67)));
  std::vector<uint8_t> twice = bytes;
  twice.insert(twice.end(), bytes.begin(), bytes.end());
  CHECK_FALSE(decode_aborted_index(twice));  // markers never go back
  std::vector<uint8_t> inverted = bytes;
  store_be<int64_t>(inverted.data() + 10, 1000);
  CHECK_FALSE(decode_aborted_index(inverted));  // nor lie before their transaction
  bytes[1] = 1;                                 // a version of the future
  CHECK_FALSE(decode_aborted_index(bytes));
}

}  // namespace odradek
