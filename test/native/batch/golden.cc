#include "golden.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/assert.h"

namespace odradek::golden {
namespace {

std::ifstream open_fixture(const char* name) {
  const auto here = std::filesystem::path(__FILE__).parent_path();
  std::ifstream file(here / ".." / "fixtures" / name);
  ASSERT(file.is_open());
  return file;
}

template <class T>
T take(std::istream& line) {
  T value;
  line >> value;
  ASSERT(!line.fail());
  return value;
}

std::optional<Bytes> take_bytes(std::istream& line) {
  const auto word = take<std::string>(line);
  if (word == "null") return std::nullopt;
  ASSERT(word[0] == 'x' && word.size() % 2 == 1);
  Bytes bytes;
  for (size_t i = 1; i < word.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(std::strtoul(word.substr(i, 2).c_str(), nullptr, 16)));
  }
  return bytes;
}

GoldenRecord take_record(std::istream& line) {
  GoldenRecord record;
  record.offset = take<int64_t>(line);
  record.timestamp = take<int64_t>(line);
  record.sequence = take<int32_t>(line);
  record.key = take_bytes(line);
  record.value = take_bytes(line);
  record.headers.resize(take<size_t>(line));
  for (GoldenHeader& header : record.headers) {
    header.key = *take_bytes(line);
    header.value = take_bytes(line);
  }
  return record;
}

void read_field(const std::string& field, std::istream& line, GoldenBatch* batch) {
  if (field == "offsets") {
    line >> batch->base_offset >> batch->last_offset_delta >> batch->last_offset;
  } else if (field == "length") {
    line >> batch->length;
  } else if (field == "leader_epoch") {
    line >> batch->leader_epoch;
  } else if (field == "crc") {
    line >> batch->crc;
  } else if (field == "attributes") {
    line >> batch->attributes >> batch->codec;
  } else if (field == "flags") {
    line >> batch->append_time >> batch->transactional >> batch->control >> batch->delete_horizon;
  } else if (field == "timestamps") {
    line >> batch->base_timestamp >> batch->max_timestamp;
  } else if (field == "producer") {
    line >> batch->producer_id >> batch->producer_epoch >> batch->base_sequence >>
        batch->last_sequence;
  } else if (field == "count") {
    line >> batch->count;
  } else if (field == "record") {
    batch->records.push_back(take_record(line));
  } else if (field == "opened") {
    batch->opened = take_bytes(line);
  } else {
    ASSERT(field == "bytes");
    batch->bytes = *take_bytes(line);
  }
  ASSERT(!line.fail());
}

struct Golden {
  std::vector<GoldenBatch> batches;
  std::vector<GoldenSet> sets;
};

Golden read_golden() {
  std::ifstream file = open_fixture("golden-batches.txt");
  Golden golden;
  for (std::string text; std::getline(file, text);) {
    if (text.empty() || text[0] == '#') continue;
    std::istringstream line(text);
    const auto field = take<std::string>(line);
    if (field == "batch") {
      golden.batches.emplace_back().name = take<std::string>(line);
    } else if (field == "set") {
      GoldenSet& set = golden.sets.emplace_back();
      line >> set.name >> set.valid_bytes >> set.batch_count;
    } else if (!golden.sets.empty()) {
      golden.sets.back().bytes = *take_bytes(line);
    } else {
      read_field(field, line, &golden.batches.back());
    }
  }
  ASSERT(golden.batches.size() > 60 && golden.sets.size() == 4);
  return golden;
}

const Golden& golden_data() {
  static const Golden golden = read_golden();
  return golden;
}

void read_field(const std::string& field, std::istream& line, BadBatch* bad) {
  if (field == "produce") {
    line >> bad->produce_code;
  } else if (field == "stored") {
    bad->stored = true;
    line >> bad->stored_same >> bad->stored_attributes >> bad->stored_last_delta >>
        bad->stored_max_timestamp >> bad->stored_readable;
    ASSERT(!line.fail());
  } else if (field == "refused") {
    bad->stored = false;
    line >> bad->refused_code;
    for (int32_t index; line >> index;) bad->refused_records.push_back(index);
  } else if (field == "compacted") {
    bad->compacted = true;
  } else if (field == "opened") {
    bad->is_compressed = true;
    bad->opened = take_bytes(line);
  } else if (field == "bytes") {
    bad->bytes = take_bytes(line);
  } else {
    ASSERT(field == "made");
  }
}

std::vector<BadBatch> read_bad() {
  std::ifstream file = open_fixture("bad-batches.txt");
  std::vector<BadBatch> all;
  for (std::string text; std::getline(file, text);) {
    if (text.empty() || text[0] == '#') continue;
    std::istringstream line(text);
    const auto field = take<std::string>(line);
    if (field == "case") {
      all.emplace_back().name = take<std::string>(line);
    } else {
      read_field(field, line, &all.back());
    }
  }
  ASSERT(all.size() == 132);
  return all;
}

}  // namespace

const std::vector<GoldenBatch>& batches() { return golden_data().batches; }

const std::vector<GoldenSet>& sets() { return golden_data().sets; }

const std::vector<BadBatch>& bad_batches() {
  static const std::vector<BadBatch> bad = read_bad();
  return bad;
}

const GoldenBatch& batch(const std::string& name) {
  for (const GoldenBatch& one : batches()) {
    if (one.name == name) return one;
  }
  UNREACHABLE("no such golden batch");
}

}  // namespace odradek::golden
