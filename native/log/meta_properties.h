// `meta.properties`: whose log directory this is. A Java properties file; version 1 has the keys
// cluster.id, node.id, directory.id and version. While Odradek uses a directory, and after an
// unclean stop, the version is 2: what was acknowledged last stands in the journal, which Apache
// Kafka does not know. It refuses the directory for it and changes nothing.
#pragma once

#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"

namespace odradek {

inline constexpr const char* kMetaPropertiesFile = "meta.properties";
inline constexpr size_t kMetaPropertiesBytesMax = 1U << 20;

// Content of meta.properties.
struct MetaProperties {
  std::string cluster_id;  // 22 characters, as Kafka prints a UUID
  int32_t node_id = -1;
  std::string directory_id;  // 22 characters
};

// The text of a `meta.properties` file, of version 2 if it is `in_use`.
std::string format_meta_properties(const MetaProperties& properties, bool in_use);
// The same text but for the version: what else somebody wrote into it stays.
std::string with_meta_properties_version(std::string_view text, bool in_use);
// An error says, in words that follow "meta.properties", what is wrong: a newer version, or a key
// that is missing or has no proper value.
Result<MetaProperties, std::string> parse_meta_properties(std::string_view text);

}  // namespace odradek
