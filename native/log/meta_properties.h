// `meta.properties`: whose log directory this is. A Java properties file; version 1 has the keys
// cluster.id, node.id, directory.id and version.
#pragma once

#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"

namespace odradek {

inline constexpr const char* kMetaPropertiesFile = "meta.properties";

// Content of meta.properties, version 1.
struct MetaProperties {
  std::string cluster_id;  // 22 characters, as Kafka prints a UUID
  int32_t node_id = -1;
  std::string directory_id;  // 22 characters
};

// The text of a `meta.properties` file.
std::string format_meta_properties(const MetaProperties& properties);
// An error says, in words that follow "meta.properties", what is wrong: a newer version, or a key
// that is missing or has no proper value.
Result<MetaProperties, std::string> parse_meta_properties(std::string_view text);

}  // namespace odradek
