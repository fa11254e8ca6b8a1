// The text files and names of a log directory: every value survives its text, and a text with any
// character changed, missing or too many is refused or gives a value that survives in its turn.
#include <functional>
#include <random>
#include <string>

#include "log/checkpoint_file.h"
#include "log/meta_properties.h"
#include "log/partition_metadata.h"
#include "log/partition_name.h"
#include "log/segment_format.h"
#include "log/text_lines.h"
#include "log/uuid_text.h"
#include "log_fixture.h"

namespace odradek {
namespace {

using Random = std::mt19937_64;

Uuid random_uuid(Random& random) {
  Uuid uuid;
  for (uint8_t& byte : uuid.bytes) byte = static_cast<uint8_t>(random());
  return uuid;
}

// A name as topics have them: letters, digits, dots, dashes and underscores.
std::string random_topic(Random& random) {
  static constexpr std::string_view kLetters = "abcXYZ019._-";
  std::string topic(1 + random() % 249, 'a');
  for (char& letter : topic) letter = kLetters[random() % kLetters.size()];
  return topic == "." || topic == ".." ? "dots" : topic;
}

// Calls `read` with `text` changed in every single place.
void for_each_change(const std::string& text, const std::function<void(const std::string&)>& read) {
  for (size_t at = 0; at < text.size(); ++at) {
    read(text.substr(0, at));
    read(text.substr(0, at) + text.substr(at + 1));
    for (const char other : {'0', '9', 'A', '-', ' ', '\n', '=', ':', '\0', '\x7f', '\xff'}) {
      std::string changed = text;
      changed[at] = other;
      read(changed);
      read(text.substr(0, at) + other + text.substr(at));
    }
  }
}

}  // namespace

TEST_CASE("a UUID is its 22 characters and no others") {
  Random random(1);
  for (int i = 0; i < 200; ++i) {
    const Uuid uuid = random_uuid(random);
    const std::string text = format_uuid(uuid);
    CHECK(text.size() == 22);
    CHECK(parse_uuid(text) == uuid);
    CHECK(uuid_hex(uuid).size() == 32);
    if (i > 10) continue;
    for_each_change(text, [&](const std::string& changed) {
      const auto parsed = parse_uuid(changed);
      CHECK((!parsed || changed.size() == 22));
      // Two texts of one UUID would make two names of one thing.
      if (parsed && changed != text) CHECK((*parsed != uuid || format_uuid(*parsed) == text));
    });
  }
}

TEST_CASE("a folder's name is its partition, and a marked folder is nobody's") {
  Random random(2);
  for (int i = 0; i < 500; ++i) {
    const TopicPartition id{random_topic(random),
                            PartitionIndex(static_cast<int32_t>(random() >> 33))};
    CAPTURE(id.topic);
    const std::string name = partition_folder_name(id);
    const auto parsed = parse_partition_folder_name(name);
    REQUIRE(parsed.has_value());
    CHECK(parsed->topic == id.topic);
    CHECK(parsed->partition == id.partition);
    for (const std::string_view suffix : {kDeleteSuffix, kStraySuffix, kFutureSuffix}) {
      const std::string marked = marked_folder_name(id, uuid_hex(random_uuid(random)), suffix);
      CHECK(marked.size() <= kFolderNameMax);
      CHECK(marked.ends_with(suffix));
      CHECK_FALSE(parse_partition_folder_name(marked));
    }
  }
  for_each_change("orders-12", [](const std::string& changed) {
    const auto parsed = parse_partition_folder_name(changed);
    if (!parsed) return;
    CAPTURE(changed);
    CHECK_FALSE(parsed->topic.empty());
    CHECK(parsed->partition >= PartitionIndex(0));
  });
}

TEST_CASE("a segment's file name says its base and kind, and no other name does") {
  constexpr SegmentFileKind kKinds[] = {SegmentFileKind::log, SegmentFileKind::offset_index,
                                        SegmentFileKind::time_index, SegmentFileKind::aborted_index,
                                        SegmentFileKind::snapshot};
  Random random(3);
  for (int i = 0; i < 300; ++i) {
    const Offset base(static_cast<int64_t>(random() >> (1 + random() % 60)));
    const SegmentFileKind kind = kKinds[random() % std::size(kKinds)];
    const std::string name = segment_file_name(base, kind);
    const auto parsed = parse_segment_file_name(name);
    REQUIRE(parsed.has_value());
    CHECK(parsed->base_offset == base);
    CHECK(parsed->kind == kind);
    CHECK(parsed->state == SegmentFileState::live);
    const auto deleted = parse_segment_file_name(name + std::string(kDeletedSuffix));
    REQUIRE(deleted.has_value());
    CHECK(deleted->state == SegmentFileState::deleted);
    CHECK(deleted->base_offset == base);
    CHECK(segment_file_path("/f", base, kind) == "/f/" + name);
  }
  for_each_change(segment_file_name(Offset(14), SegmentFileKind::log), [](const std::string& name) {
    const auto parsed = parse_segment_file_name(name);
    if (!parsed) return;
    CAPTURE(name);
    CHECK(parsed->base_offset >= Offset(0));
    CHECK(segment_file_name(parsed->base_offset, parsed->kind) == name);  // one name for each file
  });
}

TEST_CASE("an offset checkpoint survives its text, and a changed one is refused or in order") {
  Random random(4);
  OffsetsByPartition offsets;
  for (int i = 0; i < 20; ++i) {
    offsets[{random_topic(random).substr(0, 12), PartitionIndex(static_cast<int32_t>(i % 4))}] =
        Offset(static_cast<int64_t>(random() >> (1 + random() % 60)));
  }
  const std::string text = format_offset_checkpoint(offsets);
  CHECK(parse_offset_checkpoint(text) == offsets);
  CHECK(parse_offset_checkpoint(format_offset_checkpoint({})) == OffsetsByPartition());
  for_each_change(text, [&](const std::string& changed) {
    const auto parsed = parse_offset_checkpoint(changed);
    if (!parsed) return;
    CHECK(parsed->size() <= offsets.size());
    for (const auto& [id, offset] : *parsed) CHECK(id.partition >= PartitionIndex(0));
    REQUIRE(parse_offset_checkpoint(format_offset_checkpoint(*parsed)) == parsed);
  });
}

TEST_CASE("partition.metadata and meta.properties survive their texts") {
  Random random(5);
  for (int i = 0; i < 50; ++i) {
    const Uuid topic_id = random_uuid(random);
    CHECK(parse_partition_metadata(format_partition_metadata(topic_id)) == topic_id);
    MetaProperties properties;
    properties.cluster_id = format_uuid(random_uuid(random));
    properties.directory_id = format_uuid(random_uuid(random));
    properties.node_id = static_cast<int32_t>(random() >> 33);
    const std::string text = format_meta_properties(properties, i % 2 == 0);
    const auto parsed = parse_meta_properties(text);
    REQUIRE(parsed.ok());
    CHECK(parsed->cluster_id == properties.cluster_id);
    CHECK(parsed->directory_id == properties.directory_id);
    CHECK(parsed->node_id == properties.node_id);
    if (i > 0) continue;
    for_each_change(text, [](const std::string& changed) {
      const auto read = parse_meta_properties(changed);
      if (!read.ok()) {
        CHECK_FALSE(read.error().empty());
        return;
      }
      CAPTURE(changed);
      CHECK(read->node_id >= 0);
      CHECK_FALSE(read->cluster_id.empty());
    });
    for_each_change(format_partition_metadata(topic_id), [](const std::string& changed) {
      const auto read = parse_partition_metadata(changed);
      if (read) CHECK(parse_partition_metadata(format_partition_metadata(*read)) == read);
    });
  }
}

TEST_CASE("lines, fields and numbers come apart and nothing is lost") {
  Random random(6);
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (uint64_t count = random() % 30; count > 0; --count) text += "a1 \n-"[random() % 5];
    CAPTURE(text);
    std::string joined;
    for (const std::string_view line : split_lines(text)) {
      CHECK(line.find('\n') == std::string_view::npos);
      joined += std::string(line) + "\n";
      std::string fields;
      for (const std::string_view field : split_fields(line)) fields += std::string(field) + " ";
      CHECK(fields == std::string(line) + " ");
    }
    CHECK(joined == (text.empty() || text.ends_with("\n") ? text : text + "\n"));
  }
  CHECK(parse_decimal<int32_t>("2147483647") == INT32_MAX);
  CHECK_FALSE(parse_decimal<int32_t>("2147483648"));
  CHECK(parse_decimal<int64_t>("-9223372036854775808") == INT64_MIN);
  for (const char* broken : {"", " 1", "1 ", "+1", "1.0", "0x1", "--1", "1e3"}) {
    CAPTURE(broken);
    CHECK_FALSE(parse_decimal<int64_t>(broken));
  }
}

}  // namespace odradek
