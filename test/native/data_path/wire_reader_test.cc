#include "data_path/wire_reader.h"

#include <vector>

#include <doctest/doctest.h>

namespace odradek {
namespace {

TEST_CASE("reads every type, plain and flexible") {
  std::vector<uint8_t> bytes = {0x01, 0x02, 0xff, 0xff, 0xff, 0xfe,   // int16, int32
                                0x00, 0x02, 'h',  'i',                // string
                                0xff, 0xff,                           // null string
                                0x03, 'y',  'o',                      // compact string
                                0x00,                                 // compact null
                                0x00, 0x00, 0x00, 0x01, 0x09,         // bytes
                                0x02, 0x07, 0x01, 0xaa, 0x09, 0x00};  // two tagged fields
  WireReader reader(bytes);
  CHECK(reader.integer<int16_t>() == 0x0102);
  CHECK(reader.integer<int32_t>() == -2);
  CHECK(reader.string(false) == "hi");
  CHECK_FALSE(reader.nullable_string(false));
  CHECK(reader.string(true) == "yo");
  CHECK_FALSE(reader.nullable_string(true));
  const auto records = reader.nullable_bytes(false);
  REQUIRE(records);
  CHECK(records->data() == bytes.data() + 20);
  CHECK(records->size() == 1);
  int seen = 0;
  reader.tagged_fields([&](uint32_t tag, WireReader& field) {
    if (tag == 7) {
      CHECK(field.remaining() == 1);
      CHECK(field.integer<uint8_t>() == 0xaa);
    } else {
      CHECK(tag == 9);
      CHECK(field.remaining() == 0);
    }
    ++seen;
  });
  CHECK(seen == 2);
  CHECK(reader.ok());
  CHECK(reader.remaining() == 0);
}

TEST_CASE("is sticky: after the first failure everything is empty") {
  std::vector<uint8_t> bytes = {0x00, 0x05, 'a', 'b', 0x01, 0x02, 0x03, 0x04};
  WireReader reader(bytes);
  reader.string(false);  // five announced, six there: fine
  CHECK(reader.ok());
  CHECK(reader.integer<int32_t>() == 0);
  CHECK_FALSE(reader.ok());
  CHECK(reader.integer<int8_t>() == 0);
  CHECK(reader.uuid().is_zero());
  CHECK(reader.string(true).empty());
  CHECK_FALSE(reader.nullable_bytes(false));
  CHECK(reader.array_length(false, 1) == 0);
  CHECK(reader.unsigned_varint() == 0);
  CHECK(reader.remaining() == 0);
}

TEST_CASE("a count that cannot follow is refused") {
  std::vector<uint8_t> bytes = {0x00, 0x00, 0x00, 0x03, 1, 2, 3, 4, 5, 6};
  WireReader fits(bytes);
  CHECK(fits.array_length(false, 2) == 3);
  CHECK(fits.ok());
  WireReader too_many(bytes);
  CHECK(too_many.array_length(false, 3) == 0);
  CHECK_FALSE(too_many.ok());
  std::vector<uint8_t> null = {0xff, 0xff, 0xff, 0xff};
  WireReader null_array(null);
  null_array.array_length(false, 1);
  CHECK_FALSE(null_array.ok());
}

TEST_CASE("lengths that overflow, and fields that reach too far, are refused") {
  std::vector<uint8_t> huge = {0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2};
  CHECK_FALSE([&] {
    WireReader reader(huge);
    reader.nullable_bytes(true);
    return reader.ok();
  }());
  CHECK_FALSE([&] {
    WireReader reader(huge);
    reader.nullable_string(true);
    return reader.ok();
  }());
  std::vector<uint8_t> endless = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80};
  CHECK_FALSE([&] {
    WireReader reader(endless);
    reader.unsigned_varint();
    return reader.ok();
  }());
  std::vector<uint8_t> tags = {0x01, 0x00, 0x05, 1, 2};
  CHECK_FALSE([&] {
    WireReader reader(tags);
    reader.skip_tagged_fields();
    return reader.ok();
  }());
  std::vector<uint8_t> short_field = {0x01, 0x00, 0x01, 1};
  CHECK_FALSE([&] {
    WireReader reader(short_field);
    reader.tagged_fields([](uint32_t, WireReader& field) { field.integer<int64_t>(); });
    return reader.ok();
  }());
}

}  // namespace
}  // namespace odradek
