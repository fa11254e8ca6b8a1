// Kafka's Produce and Fetch from the client's side, for tests: requests written and answers read
// field by field from the message tables, independently of the code under test.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"

namespace odradek::wire {

using Bytes = std::vector<uint8_t>;

class Writer {
 public:
  explicit Writer(bool flexible) : flexible_(flexible) {}
  template <class Int>
  Writer& put(Int value) {
    uint8_t raw[sizeof(Int)];
    store_be<Int>(raw, value);
    bytes_.insert(bytes_.end(), raw, raw + sizeof(Int));
    return *this;
  }
  Writer& varint(uint32_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<uint8_t>(value | 0x80));
    bytes_.push_back(static_cast<uint8_t>(value));
    return *this;
  }
  Writer& raw(ByteView bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  Writer& uuid(const Uuid& id) { return raw(id.bytes); }
  Writer& string(const std::optional<std::string>& text) {
    if (flexible_) {
      varint(text ? static_cast<uint32_t>(text->size()) + 1 : 0);
    } else {
      put<int16_t>(text ? static_cast<int16_t>(text->size()) : -1);
    }
    return text ? raw(as_bytes(*text)) : *this;
  }
  Writer& length(size_t count) {
    return flexible_ ? varint(static_cast<uint32_t>(count) + 1)
                     : put<int32_t>(static_cast<int32_t>(count));
  }
  Writer& null_bytes() { return flexible_ ? varint(0) : put<int32_t>(-1); }
  Writer& tags() { return flexible_ ? varint(0) : *this; }
  Bytes take() { return std::move(bytes_); }
  const Bytes& bytes() const { return bytes_; }

 private:
  const bool flexible_;
  Bytes bytes_;
};

// Ends the test by an assertion of the standard library if the answer is too short.
class Reader {
 public:
  Reader(ByteView bytes, bool flexible) : bytes_(bytes), flexible_(flexible) {}
  template <class Int>
  Int get() {
    const Int value = load_be<Int>(raw(sizeof(Int)).data());
    return value;
  }
  uint32_t varint() {
    uint32_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const uint8_t b = raw(1)[0];
      value |= static_cast<uint32_t>(b & 0x7f) << shift;
      if ((b & 0x80) == 0) return value;
    }
  }
  ByteView raw(size_t count) {
    ok_ = ok_ && count <= bytes_.size() - at_;
    if (!ok_) {
      static const std::vector<uint8_t> zeros(64, 0);
      return ByteView(zeros).first(std::min<size_t>(count, zeros.size()));
    }
    const ByteView view = bytes_.subspan(at_, count);
    at_ += count;
    return view;
  }
  int64_t length() {
    return flexible_ ? static_cast<int64_t>(varint()) - 1 : int64_t{get<int32_t>()};
  }
  std::optional<std::string> string() {
    const int64_t length = flexible_ ? static_cast<int64_t>(varint()) - 1 : int64_t{get<int16_t>()};
    if (length < 0) return std::nullopt;
    return std::string(as_text(raw(static_cast<size_t>(length))));
  }
  Uuid uuid() {
    Uuid id;
    const ByteView view = raw(16);
    std::copy(view.begin(), view.end(), id.bytes.begin());
    return id;
  }
  void tags() {
    if (!flexible_) return;
    for (uint32_t count = varint(); count > 0 && ok_; --count) {
      varint();
      raw(varint());
    }
  }
  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && at_ == bytes_.size(); }

 private:
  ByteView bytes_;
  size_t at_ = 0;
  const bool flexible_;
  bool ok_ = true;
};

inline Writer request_header(int16_t key, int16_t version, int32_t correlation, bool flexible) {
  Writer writer(flexible);
  writer.put<int16_t>(key).put<int16_t>(version).put<int32_t>(correlation);
  writer.put<int16_t>(4).raw(as_bytes("test"));  // the client id is never compact
  return writer;
}

struct ProducePart {
  std::string topic;
  Uuid topic_id{};
  int32_t partition = 0;
  std::optional<Bytes> records;
};

struct ProduceSpec {
  int16_t version = 9;
  int32_t correlation = 1;
  std::optional<std::string> transactional_id;
  int16_t acks = -1;
  int32_t timeout_ms = 30000;
  std::vector<ProducePart> parts;  // each its own topic entry
};

inline Bytes produce(const ProduceSpec& spec) {
  const bool flexible = spec.version >= 9;
  Writer writer = request_header(0, spec.version, spec.correlation, flexible);
  writer.tags().string(spec.transactional_id).put<int16_t>(spec.acks);
  writer.put<int32_t>(spec.timeout_ms).length(spec.parts.size());
  for (const ProducePart& part : spec.parts) {
    if (spec.version >= 13) {
      writer.uuid(part.topic_id);
    } else {
      writer.string(part.topic);
    }
    writer.length(1).put<int32_t>(part.partition);
    if (part.records) {
      writer.length(part.records->size()).raw(*part.records);
    } else {
      writer.null_bytes();
    }
    writer.tags().tags();
  }
  writer.tags();
  return writer.take();
}

struct ProducedPart {
  std::string topic;
  Uuid topic_id{};
  int32_t partition = -1;
  int16_t error = -2;
  int64_t base_offset = -2, log_append_time = -2, log_start = -2;
  std::vector<std::pair<int32_t, std::optional<std::string>>> record_errors;
  std::optional<std::string> message;
};

struct ProduceAnswer {
  int32_t correlation = 0;
  int32_t throttle_ms = -1;
  std::vector<ProducedPart> parts;
  bool well_formed = false;  // read to the last byte
};

inline ProduceAnswer read_produce(ByteView bytes, int16_t version) {
  const bool flexible = version >= 9;
  Reader reader(bytes, flexible);
  ProduceAnswer answer;
  answer.correlation = reader.get<int32_t>();
  reader.tags();
  for (int64_t topics = reader.length(); topics > 0 && reader.ok(); --topics) {
    ProducedPart part;
    if (version >= 13) {
      part.topic_id = reader.uuid();
    } else {
      part.topic = reader.string().value_or("<null>");
    }
    for (int64_t count = reader.length(); count > 0 && reader.ok(); --count) {
      part.partition = reader.get<int32_t>();
      part.error = reader.get<int16_t>();
      part.base_offset = reader.get<int64_t>();
      part.log_append_time = reader.get<int64_t>();
      if (version >= 5) part.log_start = reader.get<int64_t>();
      part.record_errors.clear();
      if (version >= 8) {
        for (int64_t errors = reader.length(); errors > 0 && reader.ok(); --errors) {
          const auto index = reader.get<int32_t>();
          part.record_errors.emplace_back(index, reader.string());
          reader.tags();
        }
        part.message = reader.string();
      }
      reader.tags();
      answer.parts.push_back(part);
    }
    reader.tags();
  }
  answer.throttle_ms = reader.get<int32_t>();
  reader.tags();
  answer.well_formed = reader.at_end();
  return answer;
}

struct FetchPart {
  std::string topic;
  Uuid topic_id{};
  int32_t partition = 0;
  int64_t offset = 0;
  int32_t bytes_max = 1 << 20;
  int32_t current_leader_epoch = -1;
  int32_t last_fetched_epoch = -1;
};

struct FetchSpec {
  int16_t version = 12;
  int32_t correlation = 1;
  int32_t replica_id = -1;
  int32_t wait_ms = 0;
  int32_t bytes_min = 1;
  int32_t bytes_max = 50 << 20;
  int8_t isolation = 0;
  int32_t session_id = 0;
  int32_t session_epoch = -1;
  std::vector<FetchPart> parts;  // each its own topic entry
  std::vector<FetchPart> forgotten;
};

inline void put_topic(Writer& writer, const FetchPart& part, int16_t version) {
  if (version >= 13) {
    writer.uuid(part.topic_id);
  } else {
    writer.string(part.topic);
  }
}

inline Bytes fetch(const FetchSpec& spec) {
  const int16_t v = spec.version;
  const bool flexible = v >= 12;
  Writer writer = request_header(1, v, spec.correlation, flexible);
  writer.tags();
  if (v <= 14) writer.put<int32_t>(spec.replica_id);
  writer.put<int32_t>(spec.wait_ms).put<int32_t>(spec.bytes_min).put<int32_t>(spec.bytes_max);
  writer.put<int8_t>(spec.isolation);
  if (v >= 7) writer.put<int32_t>(spec.session_id).put<int32_t>(spec.session_epoch);
  writer.length(spec.parts.size());
  for (const FetchPart& part : spec.parts) {
    put_topic(writer, part, v);
    writer.length(1).put<int32_t>(part.partition);
    if (v >= 9) writer.put<int32_t>(part.current_leader_epoch);
    writer.put<int64_t>(part.offset);
    if (v >= 12) writer.put<int32_t>(part.last_fetched_epoch);
    if (v >= 5) writer.put<int64_t>(-1);
    writer.put<int32_t>(part.bytes_max);
    if (v >= 17) {
      writer.varint(1).varint(0).varint(16).uuid(Uuid{});  // a directory id, to be passed over
    } else {
      writer.tags();
    }
    writer.tags();
  }
  if (v >= 7) {
    writer.length(spec.forgotten.size());
    for (const FetchPart& part : spec.forgotten) {
      put_topic(writer, part, v);
      writer.length(1).put<int32_t>(part.partition).tags();
    }
  }
  if (v >= 11) writer.string("");
  if (v >= 15) {
    writer.varint(1).varint(1).varint(13);
    writer.put<int32_t>(spec.replica_id).put<int64_t>(-1).varint(0);
  } else {
    writer.tags();
  }
  return writer.take();
}

struct FetchedPart {
  std::string topic;
  Uuid topic_id{};
  int32_t partition = -1;
  int16_t error = -2;
  int64_t high_watermark = -2, last_stable = -2, log_start = -2;
  std::optional<std::vector<std::pair<int64_t, int64_t>>> aborted;
  std::optional<std::pair<int32_t, int64_t>> diverging;
  Bytes records;
};

struct FetchAnswer {
  int32_t correlation = 0;
  int32_t throttle_ms = -1;
  int16_t error = 0;
  int32_t session_id = 0;
  size_t topic_entries = 0;
  std::vector<FetchedPart> parts;
  bool well_formed = false;
};

inline void read_fetched_tags(Reader& reader, bool flexible, FetchedPart* part) {
  if (!flexible) return;
  for (uint32_t count = reader.varint(); count > 0 && reader.ok(); --count) {
    const uint32_t tag = reader.varint();
    Reader field(reader.raw(reader.varint()), true);
    if (tag != 0) continue;
    const auto epoch = field.get<int32_t>();
    part->diverging = {epoch, field.get<int64_t>()};
  }
}

inline FetchAnswer read_fetch(ByteView bytes, int16_t version) {
  const bool flexible = version >= 12;
  Reader reader(bytes, flexible);
  FetchAnswer answer;
  answer.correlation = reader.get<int32_t>();
  reader.tags();
  answer.throttle_ms = reader.get<int32_t>();
  if (version >= 7) {
    answer.error = reader.get<int16_t>();
    answer.session_id = reader.get<int32_t>();
  }
  for (int64_t topics = reader.length(); topics > 0 && reader.ok(); --topics) {
    ++answer.topic_entries;
    FetchedPart part;
    if (version >= 13) {
      part.topic_id = reader.uuid();
    } else {
      part.topic = reader.string().value_or("<null>");
    }
    for (int64_t count = reader.length(); count > 0 && reader.ok(); --count) {
      part.partition = reader.get<int32_t>();
      part.error = reader.get<int16_t>();
      part.high_watermark = reader.get<int64_t>();
      part.last_stable = reader.get<int64_t>();
      if (version >= 5) part.log_start = reader.get<int64_t>();
      part.aborted.reset();
      part.diverging.reset();
      const int64_t aborted = reader.length();
      if (aborted >= 0) part.aborted.emplace();
      for (int64_t i = 0; i < aborted && reader.ok(); ++i) {
        const auto producer = reader.get<int64_t>();
        part.aborted->emplace_back(producer, reader.get<int64_t>());
        reader.tags();
      }
      if (version >= 11) reader.get<int32_t>();
      const int64_t size = reader.length();
      part.records.clear();
      if (size > 0) {
        const ByteView records = reader.raw(static_cast<size_t>(size));
        part.records.assign(records.begin(), records.end());
      }
      read_fetched_tags(reader, flexible, &part);
      answer.parts.push_back(part);
    }
    reader.tags();
  }
  reader.tags();
  answer.well_formed = reader.at_end();
  return answer;
}

}  // namespace odradek::wire
