// What the writer writes the reader reads, in both forms of the protocol, value by value; and cut
// short anywhere it gives zeros from there on, never half a value.
#include <memory>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include "data_path/wire_reader.h"
#include "data_path/wire_writer.h"

namespace odradek {
namespace {

using Random = std::mt19937_64;

struct Varint {
  uint32_t value;
  bool operator==(const Varint&) const = default;
};
struct Null {
  bool operator==(const Null&) const = default;
};

using Value = std::variant<int8_t, int16_t, int32_t, int64_t, Varint, Uuid, std::string, Null>;

Value random_value(Random& random) {
  const uint64_t number = random() >> (random() % 64);
  switch (random() % 8) {
    case 0:
      return static_cast<int8_t>(number);
    case 1:
      return static_cast<int16_t>(number);
    case 2:
      return static_cast<int32_t>(number);
    case 3:
      return static_cast<int64_t>(number);
    case 4:
      return Varint{static_cast<uint32_t>(number)};
    case 5: {
      Uuid id;
      for (uint8_t& byte : id.bytes) byte = static_cast<uint8_t>(random());
      return id;
    }
    case 6:
      // Around where the compact length takes a second byte.
      return std::string(random() % 3 == 0 ? 124 + random() % 6 : random() % 10, 's');
    default:
      return Null{};
  }
}

void write(WireWriter& writer, const Value& value) {
  if (const auto* varint = std::get_if<Varint>(&value)) {
    writer.unsigned_varint(varint->value);
  } else if (const auto* id = std::get_if<Uuid>(&value)) {
    writer.uuid(*id);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    writer.string(*text);
  } else if (std::holds_alternative<Null>(value)) {
    writer.null_string();
  } else if (const auto* one = std::get_if<int8_t>(&value)) {
    writer.integer(*one);
  } else if (const auto* two = std::get_if<int16_t>(&value)) {
    writer.integer(*two);
  } else if (const auto* four = std::get_if<int32_t>(&value)) {
    writer.integer(*four);
  } else {
    writer.integer(std::get<int64_t>(value));
  }
}

// Reads a value of the kind of `like`.
Value read(WireReader& reader, const Value& like, bool flexible) {
  if (std::holds_alternative<Varint>(like)) return Varint{reader.unsigned_varint()};
  if (std::holds_alternative<Uuid>(like)) return reader.uuid();
  if (std::holds_alternative<std::string>(like) || std::holds_alternative<Null>(like)) {
    const auto text = reader.nullable_string(flexible);
    if (!text) return Null{};
    return std::string(*text);
  }
  if (std::holds_alternative<int8_t>(like)) return reader.integer<int8_t>();
  if (std::holds_alternative<int16_t>(like)) return reader.integer<int16_t>();
  if (std::holds_alternative<int32_t>(like)) return reader.integer<int32_t>();
  return reader.integer<int64_t>();
}

bool is_empty(const Value& value) {
  if (const auto* varint = std::get_if<Varint>(&value)) return varint->value == 0;
  if (const auto* id = std::get_if<Uuid>(&value)) return id->is_zero();
  if (const auto* text = std::get_if<std::string>(&value)) return text->empty();
  if (std::holds_alternative<Null>(value)) return true;
  return value == Value(int8_t{0}) || value == Value(int16_t{0}) || value == Value(int32_t{0}) ||
         value == Value(int64_t{0});
}

struct Message {
  std::vector<Value> values;
  std::vector<size_t> ends;  // of each value
  ByteBuffer bytes;
};

Message random_message(Random& random, bool flexible) {
  Message message;
  WireWriter writer(message.bytes, flexible);
  for (uint64_t count = random() % 20; count > 0; --count) {
    message.values.push_back(random_value(random));
    write(writer, message.values.back());
    message.ends.push_back(writer.position());
  }
  return message;
}

}  // namespace

TEST_CASE("every value comes back, and every byte is used up") {
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const bool flexible = seed % 2 == 0;
    Message message = random_message(random, flexible);
    WireReader reader({message.bytes.data(), message.bytes.size()});
    for (size_t i = 0; i < message.values.size(); ++i) {
      CAPTURE(i);
      REQUIRE((read(reader, message.values[i], flexible) == message.values[i]));
      REQUIRE(reader.remaining() == message.bytes.size() - message.ends[i]);
    }
    CHECK(reader.ok());
    CHECK(reader.remaining() == 0);
  }
}

TEST_CASE("cut at any byte, whole values come back and everything behind them is empty") {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const bool flexible = seed % 2 == 0;
    const Message message = random_message(random, flexible);
    for (size_t size = 0; size < message.bytes.size(); ++size) {
      CAPTURE(size);
      // Without a spare byte behind it, so that a sanitizer sees a read past the end.
      const std::unique_ptr<uint8_t[]> cut(new uint8_t[size]);
      std::copy_n(message.bytes.data(), size, cut.get());
      WireReader reader({cut.get(), size});
      for (size_t i = 0; i < message.values.size(); ++i) {
        const Value value = read(reader, message.values[i], flexible);
        if (message.ends[i] <= size) {
          REQUIRE((value == message.values[i]));
        } else {
          REQUIRE(is_empty(value));
          REQUIRE_FALSE(reader.ok());
        }
      }
      REQUIRE_FALSE(reader.ok());
      REQUIRE(reader.remaining() == 0);
    }
  }
}

}  // namespace odradek
